/** Code that all clients of AWS services share. */
@NullMarked
package dev.wakebox.aws;

import org.jspecify.annotations.NullMarked;
