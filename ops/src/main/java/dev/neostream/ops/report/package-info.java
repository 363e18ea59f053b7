/** The report of a finished run: what came in, what was learned, in words and two pictures. */
package dev.neostream.ops.report;
