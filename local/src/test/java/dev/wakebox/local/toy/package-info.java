/** The functions of the tests' small application; they run in separate processes. */
package dev.wakebox.local.toy;
