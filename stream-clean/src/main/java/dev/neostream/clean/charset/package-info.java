/**
 * Character sets: what a document declares ({@link dev.neostream.clean.charset.TextDecoder}), and
 * the most probable one where it declares none.
 */
package dev.neostream.clean.charset;
