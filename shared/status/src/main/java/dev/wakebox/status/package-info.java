/** {@code status.json}, the one record that says whether the training server is taken. */
@NullMarked
package dev.wakebox.status;

import org.jspecify.annotations.NullMarked;
