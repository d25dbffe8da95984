/** The prices of AWS, asked of AWS. */
@NullMarked
package dev.wakebox.prices;

import org.jspecify.annotations.NullMarked;
