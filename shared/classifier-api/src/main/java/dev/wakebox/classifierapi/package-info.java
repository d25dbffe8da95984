/** What the functions behind the routes below {@code /classifier} have in common. */
@NullMarked
package dev.wakebox.classifierapi;

import org.jspecify.annotations.NullMarked;
