package dev.neostream.clean.charset;
public final class TextDecoder { public byte[] decode(byte[] b, String c, boolean h) { return dev.neostream.clean.text.TextDecoder.decode(b, c, h).getBytes(java.nio.charset.StandardCharsets.UTF_8); } }
