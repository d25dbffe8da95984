/** S3 objects with conditional writes, presigned URLs, and the shapes of S3 and SQS events. */
@NullMarked
package dev.wakebox.storage;

import org.jspecify.annotations.NullMarked;
