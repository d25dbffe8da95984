/** The functions of the tests' small application; they run in processes of their own. */
package dev.wakebox.local.toy;
