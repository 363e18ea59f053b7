/**
 * Block lists of URLs in the UT1 and squidGuard layout: {@link dev.neostream.clean.url.BlockLists}
 * matches at label and path boundaries, {@link dev.neostream.clean.url.PublishedBlockList} does
 * what MAP-Neo's released code does.
 */
package dev.neostream.clean.url;
