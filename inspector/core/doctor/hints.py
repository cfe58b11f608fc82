"""Code that sets a cause right, for each kind of receiver."""

from __future__ import annotations

from inspector.core.doctor.diagnosis import Hint

RAW_BODY: tuple[Hint, ...] = (
    Hint(
        "Node (Express)",
        'app.post("/webhooks", express.raw({ type: "*/*" }), (req, res) => {\n'
        "  verify(req.body, req.headers);  // a Buffer; put this before app.use(express.json())\n"
        "  const event = JSON.parse(req.body);\n"
        "});",
    ),
    Hint("Node (Next.js)", "const payload = await request.text();  // not request.json()"),
    Hint("Python (Flask)", "payload = request.get_data()  # bytes; before request.json or request.form"),
    Hint("Python (Django)", "payload = request.body  # bytes; not json.dumps(json.loads(...))"),
    Hint("Python (FastAPI)", "payload = await request.body()  # take Request, not a model, as the parameter"),
    Hint("Go", "payload, err := io.ReadAll(r.Body)  // verify, then json.Unmarshal(payload, &event)"),
    Hint("PHP", '$payload = file_get_contents("php://input");  // not json_encode($_POST)'),
    Hint("Ruby (Rails)", "payload = request.raw_post  # not params.to_json"),
)

RAW_TEXT: tuple[Hint, ...] = (
    Hint("Node", 'hmac.update(req.body)  // a Buffer; or hmac.update(text, "utf8"), never "latin1"'),
    Hint(
        "Python", "hmac.new(secret, request.get_data(), hashlib.sha256)  # bytes, not str.encode('latin-1')"
    ),
    Hint("PHP", '$payload = file_get_contents("php://input");  // no utf8_decode() or mb_convert_encoding()'),
    Hint("Ruby", "payload = request.raw_post  # bytes; no encode or force_encoding before verifying"),
)

KEY_BYTES: tuple[Hint, ...] = (
    Hint(
        "Node",
        'Buffer.from(secret.replace(/^whsec_/, ""), "base64")  // or the text itself: Buffer.from(secret)',
    ),
    Hint("Python", 'base64.b64decode(secret.removeprefix("whsec_"))  # or the text itself: secret.encode()'),
    Hint("Go", 'base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))  // or []byte(secret)'),
    Hint("PHP", 'base64_decode(preg_replace("/^whsec_/", "", $secret))  // or the text itself: $secret'),
    Hint("Ruby", 'Base64.decode64(secret.delete_prefix("whsec_"))  # or the text itself: secret'),
)

PUBLIC_URL: tuple[Hint, ...] = (
    Hint(
        "Node (Express)",
        'app.set("trust proxy", true);\nconst url = `${req.protocol}://${req.get("host")}${req.originalUrl}`;',
    ),
    Hint("Python (Flask)", "app.wsgi_app = ProxyFix(app.wsgi_app, x_proto=1, x_host=1)  # then request.url"),
    Hint(
        "Python (Django)",
        'SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")\n'
        "USE_X_FORWARDED_HOST = True  # then request.build_absolute_uri()",
    ),
    Hint(
        "Python (FastAPI)",
        "uvicorn app:app --proxy-headers --forwarded-allow-ips='*'  # then str(request.url)",
    ),
    Hint("Go", 'url := "https://" + r.Host + r.URL.RequestURI()  // r.URL alone has no host and no scheme'),
    Hint("PHP", '$url = "https://" . $_SERVER["HTTP_HOST"] . $_SERVER["REQUEST_URI"];'),
    Hint("Ruby (Rails)", "request.original_url  # with config.action_dispatch.trusted_proxies set"),
)

CLOCK: tuple[Hint, ...] = (
    Hint("Node", "Math.abs(Date.now() / 1000 - timestamp) <= 300"),
    Hint("Python", "abs(time.time() - timestamp) <= 300  # not datetime.utcnow().timestamp()"),
    Hint("Go", "time.Since(time.Unix(timestamp, 0)).Abs() <= 5*time.Minute"),
    Hint("PHP", "abs(time() - $timestamp) <= 300"),
    Hint("Ruby", "(Time.now.to_i - timestamp).abs <= 300"),
)
