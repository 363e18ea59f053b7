/** MinHash signatures, LSH bands and the verification of what they propose. */
package dev.neostream.dedup.minhash;
