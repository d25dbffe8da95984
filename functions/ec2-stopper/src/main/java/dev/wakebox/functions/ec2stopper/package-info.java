/** State EC2Stopper: ends the resources that a run launched, for every outcome. */
@NullMarked
package dev.wakebox.functions.ec2stopper;

import org.jspecify.annotations.NullMarked;
