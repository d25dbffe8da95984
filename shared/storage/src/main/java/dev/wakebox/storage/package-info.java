/** S3 objects with conditional writes, presigned URLs, and the formats of S3 and SQS events. */
@NullMarked
package dev.wakebox.storage;

import org.jspecify.annotations.NullMarked;
