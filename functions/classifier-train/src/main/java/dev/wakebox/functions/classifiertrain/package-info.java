/** The worker that trains the classifiers of mentors, from a queue. */
@NullMarked
package dev.wakebox.functions.classifiertrain;

import org.jspecify.annotations.NullMarked;
