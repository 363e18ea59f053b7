/** A trainer rank as a process: what it is told, and how all that the other packages hold runs. */
package dev.neostream.trainer.node;
