/**
 * Which keys were seen before, in a few bits a key: blocked Bloom filters, one a generation, and
 * their serialised form.
 */
package dev.neostream.dedup.filter;
