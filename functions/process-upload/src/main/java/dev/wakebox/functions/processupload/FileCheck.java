package dev.wakebox.functions.processupload;

import dev.wakebox.storage.HeadReads;
import dev.wakebox.storage.ObjectInfo;
import dev.wakebox.uploads.Origin;
import dev.wakebox.uploads.SizeLimit;
import dev.wakebox.uploads.Upload;
import java.util.Optional;

/** Checks an uploaded file before the processing instance is started for it. */
final class FileCheck {
    private FileCheck() {}

    /**
     * Why the file can't be processed by any processor; the owner may read it. Empty when it can.
     *
     * @param files the objects of the bucket
     * @param limit of announced uploads
     */
    static Optional<String> flaw(HeadReads files, SizeLimit limit, Upload upload) {
        Optional<ObjectInfo> file = files.head(upload.key());
        if (file.isEmpty()) {
            return Optional.of("The file does not exist any more.");
        }
        long size = file.get().size();
        if (size == 0) {
            return Optional.of("The file is empty.");
        }
        if (upload.origin() instanceof Origin.Announced && size > limit.bytes()) {
            return Optional.of("The file has " + size + " bytes; at most " + limit.bytes() + " are taken.");
        }
        return files.beginning(upload.key(), FileFormat.BYTES)
                .flatMap(FileFormat::noVideo)
                .map(what -> "The file is not a video but " + what + ".");
    }
}
