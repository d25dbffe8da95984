/** EC2StarterFromAMI: launches the instance of a run's attempt once, and looks until it can be sent commands. */
@NullMarked
package dev.wakebox.functions.ec2starterfromami;

import org.jspecify.annotations.NullMarked;
