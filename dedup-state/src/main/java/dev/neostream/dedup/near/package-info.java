/**
 * Which documents of a collection survive: {@link dev.neostream.dedup.near.StarClusters} decides,
 * {@link dev.neostream.dedup.near.Catalogue} holds what it decides by, {@link
 * dev.neostream.dedup.near.DedupState} keeps both between calls.
 */
package dev.neostream.dedup.near;
