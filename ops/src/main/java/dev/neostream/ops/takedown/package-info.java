/** Lets a run forget documents. */
package dev.neostream.ops.takedown;
