/** The life of a training of a classifier: asked for, begun, done, failed, tried again. */
@NullMarked
package dev.wakebox.classifierjobs;

import org.jspecify.annotations.NullMarked;
