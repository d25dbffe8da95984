/** Questions that follow from what a mentor has said: who, where and what the names in the answers are. */
@NullMarked
package dev.wakebox.functions.classifierfollowups;

import org.jspecify.annotations.NullMarked;
