/** Packing of token ids into blocks of fixed length that carry their provenance. */
package dev.neostream.tokens.pack;
