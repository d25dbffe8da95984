package dev.wakebox.local;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** Keeps a second application out of the directory of a running one. */
record DirectoryLock(FileChannel file) implements AutoCloseable {
    static DirectoryLock of(Path directory) {
        try {
            Files.createDirectories(directory);
            var file = FileChannel.open(directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (tryLock(file) == null) {
                file.close();
                throw new LocalException(
                        LocalException.USAGE,
                        "Another application runs in " + directory
                                + ". Stop it, or choose another directory with --directory.");
            }
            return new DirectoryLock(file);
        } catch (IOException e) {
            throw new LocalException("The directory " + directory + " can't be written to: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }

    private static @Nullable FileLock tryLock(FileChannel file) throws IOException {
        try {
            return file.tryLock();
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }
}
