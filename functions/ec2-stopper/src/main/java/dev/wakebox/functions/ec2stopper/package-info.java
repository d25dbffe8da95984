/** EC2Stopper: ends what a run launched, whatever became of the run. */
@NullMarked
package dev.wakebox.functions.ec2stopper;

import org.jspecify.annotations.NullMarked;
