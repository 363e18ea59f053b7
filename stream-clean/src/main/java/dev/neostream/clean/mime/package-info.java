/** What a document's bytes are, whatever its declaration says. */
package dev.neostream.clean.mime;
