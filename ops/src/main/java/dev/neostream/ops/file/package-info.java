/**
 * File mode: the stages of the stream as commands from files to files, with the same classes and
 * the same decisions. Start at {@link dev.neostream.ops.file.FileCleaner}.
 */
package dev.neostream.ops.file;
