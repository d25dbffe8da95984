/** A file arrived: the box wakes and is told. A result arrived: the box sleeps, unless another upload needs it. */
@NullMarked
package dev.wakebox.functions.processupload;

import org.jspecify.annotations.NullMarked;
