/** State EC2StarterFromAMI: launches the instance of an attempt once, and polls until it is online. */
@NullMarked
package dev.wakebox.functions.ec2starterfromami;

import org.jspecify.annotations.NullMarked;
