/** {@code GET /console}: serves the web page. */
@NullMarked
package dev.wakebox.functions.console;

import org.jspecify.annotations.NullMarked;
