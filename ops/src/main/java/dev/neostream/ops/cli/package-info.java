/**
 * The command line, one class a verb. Prints results; everything else it asks of other packages.
 */
package dev.neostream.ops.cli;
