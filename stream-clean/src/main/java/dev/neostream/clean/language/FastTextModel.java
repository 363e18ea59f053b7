package dev.neostream.clean.language;
public final class FastTextModel { public static FastTextModel load(java.nio.file.Path p) throws java.io.IOException { return null; } }
