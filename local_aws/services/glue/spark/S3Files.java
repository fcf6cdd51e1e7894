// Hadoop's file system over S3's API, for the URIs s3://, s3a:// and s3n://; knows no Spark.
//
// Each request is signed with the run's keys (AWS_ACCESS_KEY_ID, …) and sent to AWS_ENDPOINT_URL:
// the role's permissions and the bucket's events hold. What a committer keeps below _temporary or
// .spark-staging-… lies on the local disk, and becomes objects when it is renamed to its last
// name: S3 sees each file once, under its last name, as with the committer of AWS's own Spark
// (https://docs.aws.amazon.com/emr/latest/ReleaseGuide/emr-spark-s3-optimized-committer.html).
// A directory exists while a key lies below it.
// A listing names the files of the objects that the role may read, and those are read directly: for
// small ones the requests would be most of the time. An object that is gone from its file, or was
// never listed, is asked for.
// Left out: append, permissions, times, multipart uploads (an object has at most 5 GB).
//
// Janino compiles this file: no lambdas, and types of elements by casts.

package localaws;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.File;
import java.io.FileInputStream;
import java.io.FileNotFoundException;
import java.io.FileOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URL;
import java.net.URLDecoder;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import javax.xml.parsers.DocumentBuilderFactory;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FSInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

public class S3Files extends FileSystem {
    static final int BLOCK = 1 << 20;
    static final long SPLIT = 64L << 20;
    static final int TRIES = 5;
    static final int MOST_PLACES = 200000;
    static final Pattern STAGED = Pattern.compile("(^|/)(_temporary|\\.spark-staging-[^/]*)(/|$)");

    private URI uri;
    private String bucket;
    private RawLocalFileSystem disk;
    private File staging;
    private final Map places = new ConcurrentHashMap(); // keys to the paths of their files

    public void initialize(URI name, Configuration conf) throws IOException {
        super.initialize(name, conf);
        setConf(conf);
        bucket = name.getAuthority();
        uri = URI.create(name.getScheme() + "://" + bucket);
        disk = new RawLocalFileSystem();
        disk.initialize(URI.create("file:///"), conf);
        staging = new File(System.getProperty("java.io.tmpdir"), "s3-staging/" + bucket);
    }

    public String getScheme() {
        return uri == null ? "s3" : uri.getScheme();
    }

    public URI getUri() {
        return uri;
    }

    public Path getWorkingDirectory() {
        return new Path(uri.getScheme(), bucket, "/");
    }

    public void setWorkingDirectory(Path path) {}

    public long getDefaultBlockSize() {
        return SPLIT;
    }

    private String key(Path path) {
        String text = path.toUri().getPath();
        return text.startsWith("/") ? text.substring(1) : text;
    }

    private Path path(String key) {
        return new Path(uri.getScheme(), bucket, "/" + key);
    }

    // What is staged lies on the disk under its key.

    private boolean isStaged(Path path) {
        return STAGED.matcher(key(path)).find();
    }

    private Path onDisk(Path path) {
        return new Path(new File(staging, key(path)).toURI());
    }

    private FileStatus asStaged(FileStatus status) {
        String root = staging.toURI().getPath();
        status.setPath(path(status.getPath().toUri().getPath().substring(root.length())));
        return status;
    }

    // Reading.

    public FSDataInputStream open(Path path, int bufferSize) throws IOException {
        if (isStaged(path)) {
            return disk.open(onDisk(path), bufferSize);
        }
        File place = place(key(path));
        if (place != null) {
            try {
                return disk.open(new Path(place.toURI()), bufferSize);
            } catch (FileNotFoundException replaced) {
                places.remove(key(path));
            }
        }
        return new FSDataInputStream(new ObjectInput(this, key(path)));
    }

    // Returns the file of an object that was listed, or null.
    private File place(String key) {
        String path = (String) places.get(key);
        return path == null ? null : new File(path);
    }

    public FileStatus getFileStatus(Path path) throws IOException {
        if (isStaged(path)) {
            return asStaged(disk.getFileStatus(onDisk(path)));
        }
        String key = key(path);
        if (key.isEmpty()) {
            return directory(key);
        }
        File place = place(key);
        if (place != null && place.isFile()) {
            return file(key, place.length(), place.lastModified());
        }
        try {
            HttpURLConnection reply = send("HEAD", key, "", null, null);
            String type = reply.getHeaderField("Content-Length");
            return file(key, Long.parseLong(type), reply.getHeaderFieldDate("Last-Modified", 0));
        } catch (FileNotFoundException missing) {
            if (!list(key + "/", false, 1).isEmpty()) {
                return directory(key);
            }
            throw missing;
        }
    }

    public FileStatus[] listStatus(Path path) throws IOException {
        if (isStaged(path)) {
            FileStatus[] statuses = disk.listStatus(onDisk(path));
            for (int i = 0; i < statuses.length; i++) {
                asStaged(statuses[i]);
            }
            return statuses;
        }
        String key = key(path);
        List entries = list(key.isEmpty() ? "" : key + "/", true, 0);
        if (entries.isEmpty()) {
            FileStatus status = getFileStatus(path);
            return status.isDirectory() ? new FileStatus[0] : new FileStatus[] {status};
        }
        return (FileStatus[]) entries.toArray(new FileStatus[0]);
    }

    private FileStatus directory(String key) {
        return new FileStatus(0, true, 1, SPLIT, 0, path(key));
    }

    private FileStatus file(String key, long size, long time) {
        return new FileStatus(size, false, 1, SPLIT, time, path(key));
    }

    // Returns the statuses below a prefix: of its own entries, or of all keys; `most` 0 is all.
    private List list(String prefix, boolean own, int most) throws IOException {
        List entries = new ArrayList();
        String token = "";
        do {
            TreeMap query = new TreeMap();
            query.put("encoding-type", "url");
            query.put("list-type", "2");
            query.put("prefix", prefix);
            if (own) {
                query.put("delimiter", "/");
            }
            if (most > 0) {
                query.put("max-keys", String.valueOf(most));
            }
            if (!token.isEmpty()) {
                query.put("continuation-token", token);
            }
            Map headers = new TreeMap();
            headers.put("x-local-paths", "1");
            Element page = xml(read(send("GET", "", query(query), headers, null)));
            NodeList nodes = page.getChildNodes();
            for (int i = 0; i < nodes.getLength(); i++) {
                String name = nodes.item(i).getNodeName();
                if (name.equals("Contents")) {
                    Element item = (Element) nodes.item(i);
                    String key = decoded(text(item, "Key"));
                    if (key.equals(prefix) && own) {
                        continue; // a folder object, as the console makes them
                    }
                    if (most == 0 && isOdd(key)) {
                        continue;
                    }
                    keep(key, decoded(text(item, "LocalPath")));
                    long time = Instant.parse(text(item, "LastModified")).toEpochMilli();
                    entries.add(file(key, Long.parseLong(text(item, "Size")), time));
                } else if (name.equals("CommonPrefixes")) {
                    String inner = decoded(text((Element) nodes.item(i), "Prefix"));
                    if (most == 0 && isOdd(inner)) {
                        continue;
                    }
                    entries.add(directory(inner.substring(0, inner.length() - 1)));
                }
            }
            token = text(page, "NextContinuationToken");
        } while (!token.isEmpty() && most == 0);
        return entries;
    }

    // Says whether Hadoop's paths can't hold a key: they have no empty names. S3A leaves such out too.
    private boolean isOdd(String key) {
        boolean isOdd = key.startsWith("/") || key.indexOf("//") >= 0;
        if (isOdd) {
            System.err.println("WARN S3Files: left out, its name has an empty part: s3://"
                    + bucket + "/" + key);
        }
        return isOdd;
    }

    private void keep(String key, String place) {
        if (place.isEmpty()) {
            places.remove(key);
            return;
        }
        if (places.size() >= MOST_PLACES) {
            places.clear();
        }
        places.put(key, place);
    }

    // Writing.

    public FSDataOutputStream create(Path path, FsPermission permission, boolean overwrite,
            int bufferSize, short replication, long blockSize, Progressable progress)
            throws IOException {
        if (!overwrite && exists(path)) {
            throw new FileAlreadyExistsException(path.toString());
        }
        if (isStaged(path)) {
            return disk.create(onDisk(path), overwrite, bufferSize, replication, blockSize);
        }
        staging.mkdirs();
        File draft = File.createTempFile("object-", "", staging);
        return new FSDataOutputStream(new ObjectOutput(this, key(path), draft), statistics);
    }

    public FSDataOutputStream append(Path path, int bufferSize, Progressable progress)
            throws IOException {
        throw new UnsupportedOperationException("S3 appends to no object: " + path);
    }

    public boolean mkdirs(Path path, FsPermission permission) throws IOException {
        return isStaged(path) ? disk.mkdirs(onDisk(path)) : true;
    }

    public boolean delete(Path path, boolean recursive) throws IOException {
        if (isStaged(path)) {
            return disk.delete(onDisk(path), recursive);
        }
        String key = key(path);
        List below = list(key.isEmpty() ? "" : key + "/", false, 0);
        if (!below.isEmpty() && !recursive) {
            throw new IOException(path + " is not empty");
        }
        for (int i = 0; i < below.size(); i++) {
            String each = key(((FileStatus) below.get(i)).getPath());
            read(send("DELETE", each, "", null, null));
        }
        if (!below.isEmpty()) {
            return true;
        }
        boolean isThere = !key.isEmpty() && exists(path);
        if (isThere) {
            read(send("DELETE", key, "", null, null));
        }
        return isThere;
    }

    public boolean rename(Path from, Path to) throws IOException {
        if (!isStaged(from)) {
            return renameObjects(from, to);
        }
        if (isStaged(to)) {
            disk.mkdirs(onDisk(to).getParent());
            return disk.rename(onDisk(from), onDisk(to));
        }
        upload(new File(staging, key(from)), key(to));
        return disk.delete(onDisk(from), true);
    }

    private void upload(File source, String key) throws IOException {
        File[] inside = source.listFiles();
        if (inside == null) {
            read(send("PUT", key, "", null, source));
            return;
        }
        for (int i = 0; i < inside.length; i++) {
            upload(inside[i], key + "/" + inside[i].getName());
        }
    }

    private boolean renameObjects(Path from, Path to) throws IOException {
        FileStatus source = getFileStatus(from);
        if (source.isFile()) {
            move(key(from), key(to));
            return true;
        }
        String prefix = key(from) + "/";
        List below = list(prefix, false, 0);
        for (int i = 0; i < below.size(); i++) {
            String each = key(((FileStatus) below.get(i)).getPath());
            move(each, key(to) + "/" + each.substring(prefix.length()));
        }
        return true;
    }

    private void move(String from, String to) throws IOException {
        Map headers = new TreeMap();
        headers.put("x-amz-copy-source", "/" + bucket + "/" + encoded(from, false));
        read(send("PUT", to, "", headers, null));
        read(send("DELETE", from, "", null, null));
    }

    // Requests.

    HttpURLConnection send(String method, String key, String query, Map headers, File body)
            throws IOException {
        for (int attempt = 1; ; attempt++) {
            try {
                HttpURLConnection reply = sendOnce(method, key, query, headers, body);
                int status = reply.getResponseCode();
                if (status < 300 || status == 416) {
                    return reply;
                }
                IOException failure = failure(method, key, status, reply);
                if (status < 500) {
                    throw new Refusal(failure);
                }
                throw failure;
            } catch (Refusal refusal) {
                throw (IOException) refusal.getCause();
            } catch (IOException failure) { // S3 is busy, or the connection has ended
                if (attempt == TRIES) {
                    throw failure;
                }
            }
            try {
                Thread.sleep(50L << attempt);
            } catch (InterruptedException interrupt) {
                throw new IOException(interrupt);
            }
        }
    }

    private HttpURLConnection sendOnce(
            String method, String key, String query, Map headers, File body) throws IOException {
        String host = System.getenv("AWS_ENDPOINT_URL");
        String path = "/" + bucket + (key.isEmpty() ? "" : "/" + encoded(key, false));
        URL url = new URL(host + path + (query.isEmpty() ? "" : "?" + query));
        HttpURLConnection reply = (HttpURLConnection) url.openConnection();
        reply.setRequestMethod(method);
        TreeMap signed = new TreeMap();
        if (headers != null) {
            signed.putAll(headers);
        }
        signed.put("host", url.getAuthority());
        signed.put("x-amz-content-sha256", "UNSIGNED-PAYLOAD");
        DateTimeFormatter form = DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'");
        signed.put("x-amz-date", form.withZone(ZoneOffset.UTC).format(Instant.now()));
        signed.put("authorization", authorization(method, path, query, signed));
        for (Iterator names = signed.keySet().iterator(); names.hasNext(); ) {
            String name = (String) names.next();
            if (!name.equals("host")) { // HttpURLConnection writes it
                reply.setRequestProperty(name, (String) signed.get(name));
            }
        }
        if (method.equals("PUT")) {
            reply.setDoOutput(true);
            reply.setRequestProperty("content-type", "application/octet-stream");
            reply.setFixedLengthStreamingMode(body == null ? 0L : body.length());
            OutputStream out = reply.getOutputStream();
            if (body != null) {
                copy(new FileInputStream(body), out);
            }
            out.close();
        }
        return reply;
    }

    private IOException failure(String method, String key, int status, HttpURLConnection reply)
            throws IOException {
        String name = path(key).toString();
        InputStream stream = reply.getErrorStream();
        byte[] body = stream == null ? new byte[0] : bytes(stream);
        String code = status == 403 ? "AccessDenied" : "";
        String message = status == 403 ? "Access Denied" : reply.getResponseMessage();
        if (body.length > 0) {
            Element error = xml(body);
            code = text(error, "Code");
            message = text(error, "Message");
        }
        String words = message + " (Service: Amazon S3; Status Code: " + status
                + "; Error Code: " + code + "; Operation: " + method + ")";
        if (status == 404) {
            return new FileNotFoundException("No such file or directory: " + name);
        }
        return status == 403 ? new AccessDeniedException(name, null, words)
                : new IOException(name + ": " + words);
    }

    // Signature Version 4,
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html

    private static String authorization(String method, String path, String query, TreeMap headers)
            throws IOException {
        StringBuilder lines = new StringBuilder(), names = new StringBuilder();
        for (Iterator each = headers.keySet().iterator(); each.hasNext(); ) {
            String name = (String) each.next();
            lines.append(name).append(':').append(headers.get(name)).append('\n');
            names.append(names.length() == 0 ? "" : ";").append(name);
        }
        String request = method + "\n" + path + "\n" + query + "\n" + lines + "\n" + names
                + "\nUNSIGNED-PAYLOAD";
        String time = (String) headers.get("x-amz-date");
        String day = time.substring(0, 8), region = System.getenv("AWS_REGION");
        String scope = day + "/" + region + "/s3/aws4_request";
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(request.getBytes("UTF-8"));
            String text = "AWS4-HMAC-SHA256\n" + time + "\n" + scope + "\n" + hex(digest);
            byte[] sign = ("AWS4" + System.getenv("AWS_SECRET_ACCESS_KEY")).getBytes("UTF-8");
            String[] parts = {day, region, "s3", "aws4_request", text};
            for (int i = 0; i < parts.length; i++) {
                Mac mac = Mac.getInstance("HmacSHA256");
                mac.init(new SecretKeySpec(sign, "HmacSHA256"));
                sign = mac.doFinal(parts[i].getBytes("UTF-8"));
            }
            return "AWS4-HMAC-SHA256 Credential=" + System.getenv("AWS_ACCESS_KEY_ID") + "/"
                    + scope + ", SignedHeaders=" + names + ", Signature=" + hex(sign);
        } catch (java.security.GeneralSecurityException error) {
            throw new IOException(error);
        }
    }

    private static String hex(byte[] bytes) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < bytes.length; i++) {
            text.append(Character.forDigit((bytes[i] >> 4) & 15, 16));
            text.append(Character.forDigit(bytes[i] & 15, 16));
        }
        return text.toString();
    }

    private static String encoded(String text, boolean slashes) throws IOException {
        StringBuilder out = new StringBuilder();
        byte[] bytes = text.getBytes("UTF-8");
        for (int i = 0; i < bytes.length; i++) {
            char letter = (char) (bytes[i] & 255);
            boolean plain = letter < 128 && (Character.isLetterOrDigit(letter)
                    || "-_.~".indexOf(letter) >= 0 || (letter == '/' && !slashes));
            if (plain) {
                out.append(letter);
            } else {
                out.append('%').append(hex(new byte[] {bytes[i]}).toUpperCase());
            }
        }
        return out.toString();
    }

    private static String query(TreeMap fields) throws IOException {
        StringBuilder text = new StringBuilder();
        for (Iterator names = fields.keySet().iterator(); names.hasNext(); ) {
            String name = (String) names.next();
            text.append(text.length() == 0 ? "" : "&").append(encoded(name, true)).append('=');
            text.append(encoded((String) fields.get(name), true));
        }
        return text.toString();
    }

    private static String decoded(String text) throws IOException {
        return URLDecoder.decode(text, "UTF-8");
    }

    // Bodies.

    static byte[] read(HttpURLConnection reply) throws IOException {
        return bytes(reply.getInputStream());
    }

    static byte[] bytes(InputStream in) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        copy(in, out);
        return out.toByteArray();
    }

    private static void copy(InputStream in, OutputStream out) throws IOException {
        try {
            byte[] piece = new byte[1 << 16];
            for (int count = in.read(piece); count >= 0; count = in.read(piece)) {
                out.write(piece, 0, count);
            }
        } finally {
            in.close();
        }
    }

    private static Element xml(byte[] body) throws IOException {
        try {
            DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
            ByteArrayInputStream in = new ByteArrayInputStream(body);
            return factory.newDocumentBuilder().parse(in).getDocumentElement();
        } catch (javax.xml.parsers.ParserConfigurationException error) {
            throw new IOException(error);
        } catch (org.xml.sax.SAXException error) {
            throw new IOException(error);
        }
    }

    private static String text(Element parent, String name) {
        NodeList nodes = parent.getElementsByTagName(name);
        return nodes.getLength() == 0 ? "" : nodes.item(0).getTextContent();
    }

    // An answer of S3 that another try would not change.
    static class Refusal extends IOException {
        Refusal(IOException cause) {
            super(cause);
        }
    }

    // An object as a stream: a block, or what is asked for, by each request.
    static class ObjectInput extends FSInputStream {
        private final S3Files files;
        private final String key;
        private byte[] block = new byte[0];
        private long start, position;
        private long end = Long.MAX_VALUE; // unknown until a block is shorter than asked for

        ObjectInput(S3Files files, String key) {
            this.files = files;
            this.key = key;
        }

        public void seek(long to) throws IOException {
            if (to < 0) {
                throw new EOFException("A position is at least 0, not " + to);
            }
            position = to;
        }

        public long getPos() {
            return position;
        }

        public boolean seekToNewSource(long to) {
            return false;
        }

        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 255;
        }

        public int read(byte[] into, int offset, int length) throws IOException {
            if (length == 0) {
                return 0;
            }
            if (position >= end) {
                return -1;
            }
            if (position < start || position >= start + block.length) {
                fill(length);
            }
            int at = (int) (position - start);
            int count = Math.min(length, block.length - at);
            if (count <= 0) {
                return -1;
            }
            System.arraycopy(block, at, into, offset, count);
            position += count;
            return count;
        }

        private void fill(int length) throws IOException {
            // A small file is one request, wherever its reader begins.
            long from = position < BLOCK ? 0 : position;
            long to = Math.max(from + BLOCK, position + length) - 1;
            Map headers = new TreeMap();
            headers.put("range", "bytes=" + from + "-" + to);
            for (int attempt = 1; ; attempt++) {
                HttpURLConnection reply = files.send("GET", key, "", headers, null);
                boolean isBehind = reply.getResponseCode() == 416;
                try {
                    byte[] body = S3Files.bytes(
                            isBehind ? reply.getErrorStream() : reply.getInputStream());
                    block = isBehind ? new byte[0] : body;
                    start = from;
                    if (block.length < to - from + 1) { // no request to hear that it has ended
                        end = from + block.length;
                    }
                    return;
                } catch (IOException cut) { // the body ended early
                    if (attempt == TRIES) {
                        throw cut;
                    }
                }
            }
        }
    }

    // A file that becomes an object when it is closed.
    static class ObjectOutput extends FilterOutputStream {
        private final S3Files files;
        private final String key;
        private final File draft;
        private boolean isClosed;

        ObjectOutput(S3Files files, String key, File draft) throws IOException {
            super(new FileOutputStream(draft));
            this.files = files;
            this.key = key;
            this.draft = draft;
        }

        public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length);
        }

        public void close() throws IOException {
            if (isClosed) {
                return;
            }
            isClosed = true;
            out.close();
            try {
                S3Files.read(files.send("PUT", key, "", null, draft));
            } finally {
                draft.delete();
            }
        }
    }
}
