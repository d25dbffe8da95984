/** {@code status.json}, the record of whether the training server is in use. */
@NullMarked
package dev.wakebox.status;

import org.jspecify.annotations.NullMarked;
