/** Results are there, or an upload failed: its owner gets one mail. */
@NullMarked
package dev.wakebox.functions.email;

import org.jspecify.annotations.NullMarked;
