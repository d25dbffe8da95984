/** The records of uploaded files, and the use of the instance that processes them. */
@NullMarked
package dev.wakebox.uploads;

import org.jspecify.annotations.NullMarked;
