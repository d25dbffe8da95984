/** What is known of each uploaded file, and who needs the box that processes it. */
@NullMarked
package dev.wakebox.uploads;

import org.jspecify.annotations.NullMarked;
