#include "order_manager/curl_transport.h"

// Its checks of option types do not see through a template.
#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>
#include <sys/socket.h>

#include <algorithm>
#include <chrono>  // NOLINT: curl's loop needs a monotonic clock
#include <mutex>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "order_manager/address_policy.h"
#include "order_manager/speed_watch.h"

namespace oms_connector::order_manager {
namespace {

// How long the loop sleeps where nothing happens; bounds how late a slow
// answer is noticed.
constexpr absl::Duration kLongestNap = absl::Seconds(1);

// Everything that one request and its answer need while under way.
struct Exchange {
  const HttpRequest* request;
  const CurlTransport::Options* options;
  HttpResult result;
  size_t header_bytes = 0;
  bool answer_begun = false;
  bool too_large = false;
  int sockets_refused = 0;
  int sockets_opened = 0;
};

struct FreeHeaders {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using Headers = std::unique_ptr<curl_slist, FreeHeaders>;

void AddHeader(const std::string& header, Headers* headers) {
  // Null only where memory is short; the list is then as it was.
  curl_slist* longer = curl_slist_append(headers->get(), header.c_str());
  if (longer == nullptr) return;
  static_cast<void>(headers->release());
  headers->reset(longer);
}

// ---- Callbacks of libcurl -------------------------------------------------

// The returns that end a transfer: anything but the size that came.
constexpr size_t kStop = 0;

size_t OnBody(char* data, size_t, size_t size, void* user) {
  auto* exchange = static_cast<Exchange*>(user);
  std::string& body = exchange->result.response.body;
  if (size > exchange->options->max_body_bytes - body.size()) {
    exchange->too_large = true;
    return kStop;
  }
  body.append(data, size);
  return size;
}

// Room for the whole body, and for what a parser reads behind it: it is then
// neither moved while it grows nor copied to be read.
void MakeRoom(absl::string_view content_length, Exchange* exchange) {
  constexpr size_t kReadBehind = 64;
  size_t size = 0;
  if (absl::SimpleAtoi(content_length, &size) &&
      size <= exchange->options->max_body_bytes) {
    exchange->result.response.body.reserve(size + kReadBehind);
  }
}

size_t OnHeader(char* data, size_t, size_t size, void* user) {
  auto* exchange = static_cast<Exchange*>(user);
  exchange->answer_begun = true;
  exchange->header_bytes += size;
  if (exchange->header_bytes > exchange->options->max_header_bytes) {
    exchange->too_large = true;
    return kStop;
  }
  auto& headers = exchange->result.response.headers;
  const absl::string_view line(data, size);
  // Each answer begins so, interim ones (100) too.
  if (absl::StartsWith(line, "HTTP/")) headers.clear();
  const size_t colon = line.find(':');
  if (colon != line.npos) {
    const std::string name = absl::AsciiStrToLower(line.substr(0, colon));
    const absl::string_view value =
        absl::StripAsciiWhitespace(line.substr(colon + 1));
    if (name == "content-length") MakeRoom(value, exchange);
    headers[name] = std::string(value);
  }
  return size;
}

int OnRequest(void* user, char*, char*, int, int) {
  ++static_cast<Exchange*>(user)->result.requests_sent;
  return CURL_PREREQFUNC_OK;
}

curl_socket_t OnOpenSocket(void* user, curlsocktype, curl_sockaddr* address) {
  auto* exchange = static_cast<Exchange*>(user);
  const AddressKind wanted = exchange->request->loopback
                                 ? AddressKind::kLoopback
                                 : AddressKind::kPublic;
  const auto& classify = exchange->options->classify_address;
  if (classify(&address->addr, address->addrlen) != wanted) {
    ++exchange->sockets_refused;
    return CURL_SOCKET_BAD;
  }
  ++exchange->sockets_opened;
  return socket(address->family, address->socktype | SOCK_CLOEXEC,
                address->protocol);
}

// ---- What came of it ------------------------------------------------------

absl::Status StatusOf(CURLcode code, const Exchange& exchange) {
  if (exchange.too_large || code == CURLE_FILESIZE_EXCEEDED) {
    return absl::DataLossError("a body or headers beyond the limits");
  }
  switch (code) {
    case CURLE_OK:
      return absl::OkStatus();
    case CURLE_BAD_CONTENT_ENCODING:
      return absl::DataLossError("a body that cannot be inflated");
    case CURLE_COULDNT_RESOLVE_HOST:
      return absl::UnavailableError("its host name cannot be resolved");
    case CURLE_PEER_FAILED_VERIFICATION:
      return absl::UnavailableError("its TLS certificate is not trusted");
    case CURLE_OPERATION_TIMEDOUT:
      return absl::UnavailableError(exchange.result.requests_sent > 0
                                        ? "its answer took too long"
                                        : "connecting took too long");
    default:
      break;
  }
  if (exchange.sockets_refused > 0 && exchange.sockets_opened == 0) {
    return absl::InvalidArgumentError(
        "its host name leads to an address inside of a private network");
  }
  return absl::UnavailableError(absl::StrCat(exchange.result.requests_sent > 0
                                                 ? "the connection broke: "
                                                 : "no connection: ",
                                             curl_easy_strerror(code)));
}

bool IsHeaderText(absl::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](unsigned char c) { return absl::ascii_isgraph(c); });
}

absl::Duration SinceSteadyEpoch() {
  return absl::FromChrono(std::chrono::steady_clock::now().time_since_epoch());
}

// libcurl counts in milliseconds, and takes 0 for no limit.
long ToCurlTimeout(absl::Duration duration) {  // NOLINT: curl's type
  return static_cast<long>(                    // NOLINT
      absl::ToInt64Milliseconds(duration) + 1);
}

}  // namespace

// ---- A handle: one transfer at a time, and the connection it leaves open ---

class CurlTransport::CurlHandle {
 public:
  CurlHandle() : easy_(curl_easy_init()), multi_(curl_multi_init()) {
    if (multi_ == nullptr) return;
    curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, 1L);
  }

  ~CurlHandle() {
    curl_easy_cleanup(easy_);
    curl_multi_cleanup(multi_);
  }

  CurlHandle(const CurlHandle&) = delete;
  CurlHandle& operator=(const CurlHandle&) = delete;

  HttpResult Send(const HttpRequest& request, const Options& options,
                  absl::Duration limit, const base::CallContext& context);

 private:
  template <typename Value>
  void Set(CURLoption option, Value value) {
    const CURLcode code = curl_easy_setopt(easy_, option, value);
    if (first_error_ == CURLE_OK) first_error_ = code;
  }

  void SetQuestion(const HttpRequest& request, const Options& options);
  void SetLimits(const Options& options, absl::Duration limit);
  void SetSafety(const HttpRequest& request, const Options& options);
  void SetCallbacks(Exchange* exchange);
  absl::Status Run(Exchange* exchange, const base::CallContext& context);
  int64_t received() const;

  CURL* easy_;
  CURLM* multi_;
  Headers headers_;
  CURLcode first_error_ = CURLE_OK;
};

void CurlTransport::CurlHandle::SetQuestion(const HttpRequest& request,
                                            const Options& options) {
  headers_.reset();
  AddHeader("Accept: application/json", &headers_);
  AddHeader("Expect:", &headers_);
  if (!request.bearer_token.empty()) {
    AddHeader(
        absl::StrCat("Authorization: Bearer ", request.bearer_token.Reveal()),
        &headers_);
  }
  if (request.method == HttpMethod::kPost) {
    AddHeader("Content-Type: application/json", &headers_);
    Set(CURLOPT_POST, 1L);
    Set(CURLOPT_POSTFIELDSIZE_LARGE,
        static_cast<curl_off_t>(request.body.size()));
    Set(CURLOPT_POSTFIELDS, request.body.c_str());
  } else {
    Set(CURLOPT_HTTPGET, 1L);
  }
  Set(CURLOPT_URL, request.url.c_str());
  Set(CURLOPT_HTTPHEADER, headers_.get());
  Set(CURLOPT_USERAGENT, options.user_agent.c_str());
  Set(CURLOPT_ACCEPT_ENCODING, "gzip, deflate");
  Set(CURLOPT_HTTP_VERSION,
      static_cast<long>(CURL_HTTP_VERSION_1_1));  // NOLINT
  Set(CURLOPT_FRESH_CONNECT, request.repeatable ? 0L : 1L);
  // An idle connection stays open where a router would forget it.
  Set(CURLOPT_TCP_KEEPALIVE, 1L);
}

void CurlTransport::CurlHandle::SetLimits(const Options& options,
                                          absl::Duration limit) {
  Set(CURLOPT_CONNECTTIMEOUT_MS, ToCurlTimeout(options.connect_limit));
  Set(CURLOPT_TIMEOUT_MS, ToCurlTimeout(limit));
  // Before the body comes, where its size is told.
  Set(CURLOPT_MAXFILESIZE_LARGE,
      static_cast<curl_off_t>(options.max_body_bytes));
  Set(CURLOPT_NOSIGNAL, 1L);
  // A cancelled request does not wait for its name to be resolved.
  Set(CURLOPT_QUICK_EXIT, 1L);
}

void CurlTransport::CurlHandle::SetSafety(const HttpRequest& request,
                                          const Options& options) {
  const char* protocol = request.loopback ? "http" : "https";
  Set(CURLOPT_PROTOCOLS_STR, protocol);
  Set(CURLOPT_REDIR_PROTOCOLS_STR, protocol);
  Set(CURLOPT_FOLLOWLOCATION, 0L);
  Set(CURLOPT_PATH_AS_IS, 1L);
  Set(CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
  // Not from the environment either.
  Set(CURLOPT_PROXY, "");
  Set(CURLOPT_NOPROXY, "*");
  Set(CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));  // NOLINT
  Set(CURLOPT_SSL_VERIFYPEER, 1L);
  Set(CURLOPT_SSL_VERIFYHOST, 2L);
  if (!options.ca_file.empty()) {
    Set(CURLOPT_CAINFO, options.ca_file.c_str());
    Set(CURLOPT_CAPATH, static_cast<char*>(nullptr));
  }
  Set(CURLOPT_SSLVERSION,
      static_cast<long>(CURL_SSLVERSION_TLSv1_2));  // NOLINT
}

void CurlTransport::CurlHandle::SetCallbacks(Exchange* exchange) {
  Set(CURLOPT_WRITEFUNCTION, &OnBody);
  Set(CURLOPT_WRITEDATA, exchange);
  Set(CURLOPT_HEADERFUNCTION, &OnHeader);
  Set(CURLOPT_HEADERDATA, exchange);
  Set(CURLOPT_PREREQFUNCTION, &OnRequest);
  Set(CURLOPT_PREREQDATA, exchange);
  Set(CURLOPT_OPENSOCKETFUNCTION, &OnOpenSocket);
  Set(CURLOPT_OPENSOCKETDATA, exchange);
}

// Bytes of the body so far, as they came over the wire.
int64_t CurlTransport::CurlHandle::received() const {
  curl_off_t bytes = 0;
  curl_easy_getinfo(easy_, CURLINFO_SIZE_DOWNLOAD_T, &bytes);
  return bytes;
}

absl::Status CurlTransport::CurlHandle::Run(Exchange* exchange,
                                            const base::CallContext& context) {
  const Options& options = *exchange->options;
  SpeedWatch watch(options.min_bytes_per_second, options.slow_limit);
  const int nap = static_cast<int>(absl::ToInt64Milliseconds(
      std::min(kLongestNap, options.slow_limit / 10)));
  const auto registration = context.cancellation().OnCancel(
      [multi = multi_] { curl_multi_wakeup(multi); });
  int running = 1;
  while (curl_multi_perform(multi_, &running) == CURLM_OK && running > 0) {
    if (context.cancellation().cancelled()) {
      return absl::CancelledError("the caller no longer waits");
    }
    if (exchange->answer_begun &&
        watch.IsTooSlow(SinceSteadyEpoch(), received())) {
      return absl::UnavailableError("its answer came too slowly");
    }
    curl_multi_poll(multi_, nullptr, 0, nap, nullptr);
  }
  int left = 0;
  const CURLMsg* message = curl_multi_info_read(multi_, &left);
  return StatusOf(message == nullptr ? CURLE_FAILED_INIT : message->data.result,
                  *exchange);
}

HttpResult CurlTransport::CurlHandle::Send(const HttpRequest& request,
                                           const Options& options,
                                           absl::Duration limit,
                                           const base::CallContext& context) {
  Exchange exchange;
  exchange.request = &request;
  exchange.options = &options;
  first_error_ =
      easy_ == nullptr || multi_ == nullptr ? CURLE_FAILED_INIT : CURLE_OK;
  if (first_error_ == CURLE_OK) {
    curl_easy_reset(easy_);
    SetQuestion(request, options);
    SetLimits(options, limit);
    SetSafety(request, options);
    SetCallbacks(&exchange);
  }
  if (first_error_ != CURLE_OK ||
      curl_multi_add_handle(multi_, easy_) != CURLM_OK) {
    exchange.result.status = StatusOf(CURLE_FAILED_INIT, exchange);
    return std::move(exchange.result);
  }
  exchange.result.status = Run(&exchange, context);
  long status = 0;  // NOLINT: curl's type
  curl_easy_getinfo(easy_, CURLINFO_RESPONSE_CODE, &status);
  exchange.result.response.status = static_cast<int>(status);
  curl_multi_remove_handle(multi_, easy_);
  return std::move(exchange.result);
}

CurlTransport::CurlTransport(Options options, base::Clock* clock)
    : options_(std::move(options)), clock_(clock) {
  // The library's own state, once in a process.
  static std::once_flag initialised;
  std::call_once(initialised, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
}

CurlTransport::~CurlTransport() = default;

std::unique_ptr<CurlTransport::CurlHandle> CurlTransport::TakeHandle() {
  absl::MutexLock lock(&mutex_);
  if (idle_.empty()) return std::make_unique<CurlHandle>();
  // The latest: its connection is the likeliest to be alive.
  std::unique_ptr<CurlHandle> handle = std::move(idle_.back());
  idle_.pop_back();
  return handle;
}

void CurlTransport::ReturnHandle(std::unique_ptr<CurlHandle> handle) {
  absl::MutexLock lock(&mutex_);
  if (idle_.size() < options_.max_idle_connections) {
    idle_.push_back(std::move(handle));
  }
}

HttpResult CurlTransport::Send(const HttpRequest& request,
                               const base::CallContext& context) {
  HttpResult result;
  const absl::Time start = clock_->SteadyNow();
  result.status = context.Check(start);
  if (result.status.ok() && !IsHeaderText(request.bearer_token.Reveal())) {
    result.status =
        absl::UnauthenticatedError("the token holds what no token can hold");
  }
  if (!result.status.ok()) return result;
  std::unique_ptr<CurlHandle> handle = TakeHandle();
  result = handle->Send(
      request, options_,
      std::min({options_.total_limit, request.limit, context.Remaining(start)}),
      context);
  ReturnHandle(std::move(handle));
  // A limit of the caller's tells more than the error that it led to.
  const absl::Status limits = context.Check(clock_->SteadyNow());
  if (!result.status.ok() && !limits.ok()) result.status = limits;
  return result;
}

}  // namespace oms_connector::order_manager
