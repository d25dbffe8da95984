/** The states of a classifier's training: requested, begun, ended, failed, retried. */
@NullMarked
package dev.wakebox.classifierjobs;

import org.jspecify.annotations.NullMarked;
