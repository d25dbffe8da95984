/** A stand-in of the web page that signs uploads itself. */
@NullMarked
package dev.wakebox.local.page;

import org.jspecify.annotations.NullMarked;
