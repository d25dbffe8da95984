package dev.wakebox.local.computer;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.ConnectException;
import java.net.http.HttpTimeoutException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import software.amazon.awssdk.awscore.exception.AwsServiceException;

/** Explains an exception to the user of the terminal, without a stack trace. */
public final class ErrorSentence {
    private ErrorSentence() {}

    /** Describes the exception and its causes in one line. */
    public static String of(Throwable problem) {
        Throwable cause = problem.getCause();
        if (problem instanceof AwsServiceException refused && refused.awsErrorDetails() != null) {
            return refused.awsErrorDetails().errorMessage() + " ("
                    + refused.awsErrorDetails().errorCode() + ")";
        }
        if (hasCause(problem, ConnectException.class)) {
            return "The application does not answer. Start it anew with ./wakebox down and ./wakebox up.";
        }
        if (hasCause(problem, HttpTimeoutException.class)) {
            return "The application did not answer in time; ./wakebox logs shows what it does.";
        }
        if (cause != null && (isWrapper(problem) || problem.getMessage() == null)) {
            return of(cause);
        }
        String sentence =
                switch (problem) {
                    case NoSuchFileException missing -> "There is no file " + missing.getFile();
                    case AccessDeniedException denied -> "This user may not read or write " + denied.getFile();
                    case FileSystemException file
                    when file.getReason() != null -> file.getFile() + ": " + file.getReason();
                    default -> problem.getMessage() == null ? problem.getClass().getName() : problem.getMessage();
                };
        return cause instanceof IOException && !sentence.contains(of(cause)) ? sentence + " " + of(cause) : sentence;
    }

    /**
     * As {@link #of}, with the name of the file that has the stack trace. If the file can't be written, for example
     * because the disk is full, the trace is lost.
     */
    public static String withTrace(Throwable problem, Path file) {
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            try (var trace = new PrintWriter(Files.newBufferedWriter(file))) {
                problem.printStackTrace(trace);
            }
            return of(problem) + "\nThe stack trace is in " + file + ".";
        } catch (IOException e) {
            return of(problem);
        }
    }

    private static boolean isWrapper(Throwable problem) {
        return problem instanceof CompletionException
                || problem instanceof ExecutionException
                || String.valueOf(problem.getCause()).equals(problem.getMessage());
    }

    private static boolean hasCause(Throwable problem, Class<? extends Throwable> type) {
        return type.isInstance(problem) || (problem.getCause() != null && hasCause(problem.getCause(), type));
    }
}
