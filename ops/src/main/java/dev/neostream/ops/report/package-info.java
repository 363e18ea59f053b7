/**
 * The report of a finished run: what came in, what was learned, in words and two pictures, for
 * readers of text and for browsers.
 */
package dev.neostream.ops.report;
