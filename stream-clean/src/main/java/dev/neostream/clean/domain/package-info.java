/** Which mixture domain a document belongs to. */
package dev.neostream.clean.domain;
