/** What became of single documents of a run, from its topics. */
package dev.neostream.ops.explain;
