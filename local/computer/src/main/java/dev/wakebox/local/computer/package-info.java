/** The user's computer: its proxy settings and its errors. */
@NullMarked
package dev.wakebox.local.computer;

import org.jspecify.annotations.NullMarked;
