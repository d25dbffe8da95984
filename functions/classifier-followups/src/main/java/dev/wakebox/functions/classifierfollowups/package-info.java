/** Proposes questions about the people, places and organisations in a mentor's answers. */
@NullMarked
package dev.wakebox.functions.classifierfollowups;

import org.jspecify.annotations.NullMarked;
