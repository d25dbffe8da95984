/** Checks whether an account and the parameters of a stack fit each other, before and after the deployment. It changes nothing. */
@NullMarked
package dev.wakebox.cli.doctor;

import org.jspecify.annotations.NullMarked;
