/** Similar lines inside a document. */
package dev.neostream.dedup.line;
