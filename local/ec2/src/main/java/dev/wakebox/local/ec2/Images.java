package dev.wakebox.local.ec2;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * The AMIs: {@code ami-<name>} is the directory of that name with an executable {@code boot}.
 *
 * <p>An id in AWS's format ({@code ami-0} and hexadecimal digits) without a directory stands for the minimal {@code
 * linux} image, so that execution files written for AWS run unchanged. So does a public parameter ({@code
 * resolve:ssm:/aws/service/…}).
 */
record Images(Path directory) {
    private static final Pattern ID = Pattern.compile("ami-([a-z0-9][a-z0-9._-]*)");
    private static final Pattern AWS_ID =
            Pattern.compile("ami-0([0-9a-f]{7}|[0-9a-f]{16})|resolve:ssm:/aws/service/[\\w./-]+");

    /** The image's directory. */
    Path find(String id) {
        boolean ofAws = AWS_ID.matcher(id).matches();
        var name = ID.matcher(id);
        if (!name.matches() && !ofAws) {
            throw new ApiException("InvalidAMIID.Malformed", "Invalid id: \"" + id + "\" (expecting \"ami-...\")");
        }
        if (name.matches() && bootable(directory.resolve(name.group(1)))) {
            return directory.resolve(name.group(1));
        }
        Path linux = directory.resolve("linux");
        if (ofAws && bootable(linux)) {
            return linux;
        }
        throw new ApiException("InvalidAMIID.NotFound", "The image id '[" + id + "]' does not exist");
    }

    private static boolean bootable(Path image) {
        return Files.isExecutable(image.resolve("boot"));
    }
}
