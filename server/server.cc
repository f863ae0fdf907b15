#include "server/server.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/clock.h"
#include "base/executor.h"
#include "base/id_generator.h"
#include "base/log.h"
#include "base/secret_box.h"
#include "base/status_macros.h"
#include "base/timer_queue.h"
#include "base/version.h"
#include "domain/carriers/carrier_catalogue.h"
#include "domain/connections/connection_directory.h"
#include "domain/connections/connection_tester.h"
#include "domain/connections/settings_editor.h"
#include "domain/feeds/pull_runner.h"
#include "domain/inventory/inventory_pull.h"
#include "domain/inventory/inventory_syncer.h"
#include "domain/shipments/acknowledgement.h"
#include "domain/shipments/consumer_admin.h"
#include "domain/shipments/event_signal.h"
#include "domain/shipments/event_watch.h"
#include "domain/shipments/shipment_admin.h"
#include "domain/shipments/shipment_feed.h"
#include "domain/shipments/shipment_puller.h"
#include "order_manager/curl_transport.h"
#include "order_manager/rest_client.h"
#include "server/limits.h"
#include "server/listen/grpc_listener.h"
#include "server/listen/listener_watch.h"
#include "server/listen/tls_watch.h"
#include "server/ops/admin_server.h"
#include "server/ops/audit_log.h"
#include "server/ops/fleet_watch.h"
#include "server/ops/metered.h"
#include "server/ops/metrics.h"
#include "server/ops/run_reporter.h"
#include "server/ops/scheduler.h"
#include "server/ops/status_page.h"
#include "server/options.h"
#include "server/rpc/admission.h"
#include "server/rpc/authenticator.h"
#include "server/rpc/call.h"
#include "server/rpc/principals.h"
#include "server/secret_key.h"
#include "server/services/connection_service.h"
#include "server/services/connector_service.h"
#include "storage/databases/copy_store.h"
#include "storage/databases/open_store.h"

namespace oms_connector::server {
// In the order in which they are made; what comes later uses what comes before
// and goes first.
struct Server::Parts {
  explicit Parts(Options given) : options(std::move(given)) {}

  const Options options;
  base::SystemClock clock;
  base::SystemSleeper sleeper;
  base::SystemIdGenerator ids;
  const absl::Time start_time = clock.Now();
  Metrics metrics;
  RunReporter run_reporter{&metrics, &clock};
  AuditLog audit{&clock};
  SlowStatements slow_statements;
  std::optional<base::SecretBox> secrets;
  std::unique_ptr<MeteredStore> store;
  std::unique_ptr<order_manager::CurlTransport> transport;
  std::unique_ptr<MeteredTransport> metered_transport;
  std::unique_ptr<MeteredSleeper> metered_sleeper;
  std::unique_ptr<order_manager::RestOrderManager> order_manager;
  std::unique_ptr<base::TimerQueue> timers;
  std::unique_ptr<base::Executor> store_executor;
  std::unique_ptr<base::Executor> costly_executor;
  std::unique_ptr<base::Executor> order_manager_executor;
  std::unique_ptr<base::Executor> control_executor;
  std::unique_ptr<base::Executor> pull_executor;
  std::unique_ptr<base::Executor> failing_pull_executor;
  std::unique_ptr<feeds::PullRunner> runner;
  shipments::EventSignal signal;
  std::unique_ptr<shipments::EventWatch> event_watch;
  std::unique_ptr<shipments::ShipmentPuller> shipment_puller;
  std::unique_ptr<connections::ConnectionDirectory> directory;
  std::unique_ptr<connections::SettingsEditor> editor;
  std::unique_ptr<connections::ConnectionTester> tester;
  std::unique_ptr<inventory::InventorySyncer> syncer;
  std::unique_ptr<shipments::ShipmentFeed> feed;
  std::unique_ptr<shipments::Acknowledgement> acknowledgement;
  std::unique_ptr<shipments::ShipmentAdmin> shipment_admin;
  std::unique_ptr<shipments::ConsumerAdmin> consumer_admin;
  std::unique_ptr<Authenticator> authenticator;
  std::unique_ptr<Admission> admission;
  std::unique_ptr<RpcDispatcher> rpc;
  std::unique_ptr<ConnectorService> connector_service;
  std::unique_ptr<ConnectionService> connection_service;
  std::unique_ptr<GrpcListener> listener;
  std::unique_ptr<ListenerWatch> listener_watch;
  std::unique_ptr<Scheduler> scheduler;
  std::unique_ptr<FleetWatch> fleet_watch;
  std::unique_ptr<AdminServer> admin;
  std::string admin_address;
  bool drained = false;

  storage::StoreOptions StoreOptions();
  absl::Status OpenStore();
  absl::Status MakePulls();
  absl::Status MakeUseCases();
  absl::Status MakeDoor();
  absl::Status ReloadPrincipals();
  TlsWatch::Options TlsOptions();
  absl::Status Listen();
  std::string StatusPage();
  std::string WhyNotReady() const;
  void Drain(absl::Duration delay);
};

storage::StoreOptions Server::Parts::StoreOptions() {
  storage::StoreOptions store_options;
  store_options.url = options.store;
  store_options.commits_wait_for_disk = options.commits_wait_for_disk;
  store_options.readers = kStoreReaders;
  store_options.decorate = slow_statements.decorator(options.decorate_sql);
  store_options.clock = &clock;
  store_options.sleeper = &sleeper;
  store_options.ids = &ids;
  return store_options;
}

absl::Status Server::Parts::OpenStore() {
  OMS_ASSIGN_OR_RETURN(auto opened, storage::OpenStore(StoreOptions()));
  store = std::make_unique<MeteredStore>(std::move(opened), &metrics, &clock);
  OMS_ASSIGN_OR_RETURN(secrets,
                       LoadSecretKey(options.store, options.secret_key_file));
  if (!options.previous_secret_key_file.empty()) {
    OMS_ASSIGN_OR_RETURN(
        const base::SecretBox previous,
        base::SecretBox::Load(options.previous_secret_key_file));
    OMS_ASSIGN_OR_RETURN(const int sealed_anew,
                         ReSealTokens(*store, *secrets, previous));
    base::LogInfo("tokens were sealed anew with the key in force",
                  {{"tokens", sealed_anew}});
    // Other servers of the store may seal with it still.
    secrets = secrets->WithPrevious(previous);
  }
  const absl::Status fits = CheckSecretKey(*store, *secrets);
  if (!absl::IsFailedPrecondition(fits)) return fits;
  // Who has lost the key of a store can only set the tokens again. Where other
  // servers use the store, the key is not lost.
  if (storage::IsSharedStore(options.store)) return fits;
  base::LogError(
      "access tokens do not open: nothing is pulled; what is stored is served, "
      "and parcels are handed out and acknowledged. Put the key file back and "
      "start anew, or omsctl connections update ID --token-file FILE for each",
      {{"error", fits.message()}});
  return absl::OkStatus();
}

absl::Status Server::Parts::MakePulls() {
  OMS_ASSIGN_OR_RETURN(const model::BaseUrlPolicy policy,
                       BaseUrlPolicyOf(options));
  transport = std::make_unique<order_manager::CurlTransport>(
      order_manager::CurlTransport::Options(), &clock);
  metered_transport =
      std::make_unique<MeteredTransport>(transport.get(), &metrics, &clock);
  metered_sleeper = std::make_unique<MeteredSleeper>(&sleeper, &metrics);
  order_manager::RestOrderManager::Options rest;
  rest.policy = policy;
  rest.requests_per_second = options.order_manager_requests_per_second;
  order_manager = std::make_unique<order_manager::RestOrderManager>(
      rest, metered_transport.get(), &clock, metered_sleeper.get(), &ids);

  timers = std::make_unique<base::TimerQueue>();
  // Whatever was let in finds a place.
  const size_t queue = static_cast<size_t>(options.max_in_flight) +
                       static_cast<size_t>(Admission::Options().max_long_polls);
  const auto for_callers = [queue](const char* name, int threads) {
    return std::make_unique<base::Executor>(name, threads, queue,
                                            ShareOfCaller(threads));
  };
  store_executor = std::make_unique<base::Executor>(
      "store", kStoreThreads, queue, ShareOfCaller(kStoreThreads),
      storage::IsSharedStore(options.store) ? 0 : kStoreReaders);
  costly_executor = for_callers("costly", kCostlyThreads);
  order_manager_executor = for_callers("order-manager", kOrderManagerThreads);
  control_executor = for_callers("control", kControlThreads);
  pull_executor = std::make_unique<base::Executor>("pulls", kPullThreads,
                                                   kPullQueue, kPullsOfAccount);
  failing_pull_executor = std::make_unique<base::Executor>(
      "failing-pulls", kFailingPullThreads, kPullQueue, kPullsOfAccount);

  feeds::PullRunnerOptions pulls;
  pulls.store = store.get();
  pulls.clock = &clock;
  pulls.ids = &ids;
  pulls.executor = pull_executor.get();
  pulls.failing_executor = failing_pull_executor.get();
  pulls.open_token = [this](const model::Connection& connection) {
    return directory->OpenToken(connection);
  };
  pulls.holder = ids.NewUuid();
  pulls.sole_server = !storage::IsSharedStore(options.store);
  pulls.on_ended = [this](const std::string& connection,
                          const model::SyncRun& run,
                          const feeds::RejectedCounts& rejected,
                          const absl::Status& stored) {
    run_reporter.RunEnded(connection, run, rejected, stored);
  };
  runner = std::make_unique<feeds::PullRunner>(std::move(pulls));
  inventory::InventoryPullOptions inventory_pull;
  inventory_pull.store = store.get();
  inventory_pull.order_manager = order_manager.get();
  runner->SetBody(model::Feed::kInventory,
                  [inventory_pull](feeds::PullSession& session) {
                    return inventory::PullInventory(inventory_pull, session);
                  });
  shipment_puller = std::make_unique<shipments::ShipmentPuller>(
      store.get(), order_manager.get(), &signal);
  runner->SetBody(model::Feed::kShipments, [this](feeds::PullSession& session) {
    return shipment_puller->Pull(session);
  });
  return absl::OkStatus();
}

absl::Status Server::Parts::MakeUseCases() {
  connections::ConnectionDirectory::Options directory_options;
  OMS_ASSIGN_OR_RETURN(directory_options.base_url_policy,
                       BaseUrlPolicyOf(options));
  directory_options.is_known_carrier = [](absl::string_view name) {
    return carriers::FindCarrier(name) != nullptr;
  };
  directory_options.stop_pulls = [this](absl::string_view connection) {
    runner->StopConnection(connection);
  };
  directory = std::make_unique<connections::ConnectionDirectory>(
      std::move(directory_options), store.get(), &clock, &ids, &*secrets);
  editor = std::make_unique<connections::SettingsEditor>(store.get(), &ids);
  tester = std::make_unique<connections::ConnectionTester>(
      store.get(), order_manager.get(), &clock,
      [this](const model::Connection& connection) {
        return directory->OpenToken(connection);
      });
  inventory::InventorySyncerOptions syncer_options;
  syncer_options.store = store.get();
  syncer_options.runner = runner.get();
  syncer_options.clock = &clock;
  syncer_options.executor = store_executor.get();
  syncer = std::make_unique<inventory::InventorySyncer>(syncer_options);
  shipments::ShipmentFeedOptions feed_options;
  feed_options.store = store.get();
  feed_options.runner = runner.get();
  feed_options.clock = &clock;
  feed_options.executor = store_executor.get();
  feed_options.timers = timers.get();
  feed_options.signal = &signal;
  feed = std::make_unique<shipments::ShipmentFeed>(feed_options);
  acknowledgement = std::make_unique<shipments::Acknowledgement>(store.get());
  shipment_admin =
      std::make_unique<shipments::ShipmentAdmin>(store.get(), &signal);
  consumer_admin = std::make_unique<shipments::ConsumerAdmin>(store.get());
  return absl::OkStatus();
}

absl::Status Server::Parts::MakeDoor() {
  authenticator = std::make_unique<Authenticator>();
  if (!options.principals_file.empty()) {
    OMS_ASSIGN_OR_RETURN(auto known, LoadPrincipals(options.principals_file));
    authenticator = std::make_unique<Authenticator>(std::move(known));
  }
  Admission::Options admission_options;
  admission_options.max_in_flight = options.max_in_flight;
  admission_options.on_refused = [this](absl::string_view bound) {
    metrics.BoundMet(bound);
  };
  admission = std::make_unique<Admission>(admission_options);
  rpc = std::make_unique<RpcDispatcher>(RpcDispatcher::Dependencies{
      authenticator.get(), admission.get(), store_executor.get(),
      costly_executor.get(), order_manager_executor.get(),
      control_executor.get(), &metrics, &clock, &ids, &audit});
  connector_service =
      std::make_unique<ConnectorService>(ConnectorService::Dependencies{
          rpc.get(), &*secrets, directory.get(), editor.get(), syncer.get(),
          feed.get(), acknowledgement.get()});
  connection_service =
      std::make_unique<ConnectionService>(ConnectionService::Dependencies{
          rpc.get(), &*secrets, directory.get(), tester.get(), editor.get(),
          shipment_admin.get(), consumer_admin.get(), runner.get(), store.get(),
          &clock});
  return absl::OkStatus();
}

TlsWatch::Options Server::Parts::TlsOptions() {
  TlsWatch::Options tls;
  tls.files = TlsFilesOf(options);
  tls.interval = options.tls_interval;
  tls.clock = &clock;
  tls.sleeper = &sleeper;
  tls.on_taken = [this](absl::Time now, absl::Time expiry) {
    metrics.TlsTaken(now, expiry);
  };
  tls.on_refused = [this] { metrics.TlsRefused(); };
  return tls;
}

absl::Status Server::Parts::Listen() {
  GrpcListener::Options listen;
  listen.address = options.listen;
  listen.unix_socket_mode = options.unix_socket_mode;
  listen.on_refused = [this] { metrics.ConnectionRefused(); };
  listen.on_bound_met = [this](absl::string_view bound) {
    metrics.BoundMet(bound);
  };
  if (!options.tls_cert_file.empty()) listen.tls = TlsOptions();
  for (const char* service : {v1::ConnectorService::service_full_name(),
                              v1::ConnectionService::service_full_name()}) {
    metrics.AddRpcsOf(service);
  }
  OMS_ASSIGN_OR_RETURN(listener,
                       GrpcListener::Start(listen, {connector_service.get(),
                                                    connection_service.get()}));
  // Only what the store remembers can be answered without it.
  store->OnWritable([this](bool writable) { listener->SetHealthy(writable); });
  ListenerWatch::Options watch;
  watch.address = listener->bound();
  watch.interval = options.self_dial_interval;
  watch.on_failed_dial = [this] { metrics.SelfDialFailed(); };
  watch.on_lost = options.on_listener_lost;
  listener_watch = std::make_unique<ListenerWatch>(std::move(watch), &sleeper);
  listener_watch->Start();
  fleet_watch = std::make_unique<FleetWatch>(store.get(), options.store,
                                             &metrics, &sleeper);
  if (!options.admin_listen.empty()) {
    AdminPages pages;
    pages.metrics = [this] { return metrics.Text(); };
    pages.healthy = [this] { return !listener_watch->lost(); };
    pages.not_ready = [this] { return WhyNotReady(); };
    pages.status = [this] { return StatusPage(); };
    pages.on_refused = [this] { metrics.BoundMet("admin_connections"); };
    OMS_ASSIGN_OR_RETURN(
        admin, AdminServer::Start(options.admin_listen, std::move(pages)));
    admin_address = admin->address();
  }
  if (storage::IsSharedStore(options.store)) {
    event_watch =
        std::make_unique<shipments::EventWatch>(store.get(), &signal, &sleeper);
    event_watch->Start();
  }
  Scheduler::Options schedule;
  schedule.pull = options.background_sync;
  schedule.retention = options.event_retention;
  schedule.max_pulls = kPullThreads;
  schedule.max_doubtful_pulls = kFailingPullThreads;
  schedule.max_pulls_of_account = kPullsOfAccount;
  if (storage::IsSharedStore(options.store)) schedule.spread = kPullSpread;
  scheduler = std::make_unique<Scheduler>(schedule, store.get(), runner.get(),
                                          &clock, &sleeper, &ids);
  scheduler->Start();
  fleet_watch->Start();
  return absl::OkStatus();
}

// Empty when it is.
std::string Server::Parts::WhyNotReady() const {
  if (listener_watch->lost()) return "the listener cannot be reached";
  if (!listener->ready()) return "draining";
  if (!store->writable()) return "the store is full and takes no writes";
  return "";
}

std::string Server::Parts::StatusPage() {
  StatusFigures figures;
  figures.now = clock.Now();
  figures.start_time = start_time;
  figures.address = listener->address();
  figures.flags_in_force = options.flags_in_force;
  figures.not_ready = WhyNotReady();
  figures.in_flight = admission->in_flight(Admission::Kind::kCall);
  figures.max_in_flight = options.max_in_flight;
  figures.long_polls = feed->long_polls();
  figures.pulls = runner->active();
  figures.writes = store->writes();
  figures.process = ReadProcessFigures();
  figures.look = fleet_watch->last_look();
  figures.last_errors = run_reporter.last_errors();
  figures.callers = rpc->callers();
  figures.accounts = order_manager->quota().standings();
  figures.slow_statements = slow_statements.worst();
  return server::StatusPage(figures);
}

void Server::Parts::Drain(absl::Duration delay) {
  if (drained) return;
  drained = true;
  // What follows looks to it like a listener that is lost.
  if (listener_watch != nullptr) listener_watch->Stop();
  if (scheduler != nullptr) scheduler->Stop();
  if (fleet_watch != nullptr) fleet_watch->Stop();
  if (event_watch != nullptr) event_watch->Stop();
  if (listener != nullptr) {
    listener->StopServingHealth();
    absl::SleepFor(delay);
    // Long-polls are answered with what is there. Other calls see the pulls
    // that they wait for end, as far as the time goes.
    feed->Shutdown();
    listener->Shutdown(
        options.drain_timeout - std::min<absl::Duration>(
                                    kTimeForAnswers, options.drain_timeout / 2),
        [this] { runner->Shutdown(); }, clock.Now() + options.drain_timeout);
  }
  if (runner != nullptr) runner->Shutdown();
  for (base::Executor* executor :
       {control_executor.get(), order_manager_executor.get(),
        costly_executor.get(), store_executor.get(), pull_executor.get(),
        failing_pull_executor.get()}) {
    if (executor != nullptr) executor->Shutdown();
  }
  if (timers != nullptr) timers->Shutdown();
  admin.reset();
}

absl::StatusOr<std::unique_ptr<Server>> Server::Start(const Options& options) {
  OMS_RETURN_IF_ERROR(CheckOptions(options));
  // Not make_unique: the constructor is private.
  std::unique_ptr<Server> server(new Server(std::make_unique<Parts>(options)));
  Parts& parts = *server->parts_;
  OMS_RETURN_IF_ERROR(parts.OpenStore());
  OMS_RETURN_IF_ERROR(parts.MakePulls());
  OMS_RETURN_IF_ERROR(parts.MakeUseCases());
  OMS_RETURN_IF_ERROR(parts.runner->Recover({}));
  OMS_RETURN_IF_ERROR(parts.MakeDoor());
  OMS_RETURN_IF_ERROR(parts.Listen());
  base::LogInfo("serving", {{"address", parts.listener->address()},
                            {"version", base::kVersion}});
  return server;
}

absl::Status Server::BackUp(const Options& options, const std::string& file) {
  return storage::BackUpStore(Parts(options).StoreOptions(), file);
}

absl::StatusOr<std::string> Server::RestoreFrom(const Options& options,
                                                const std::string& file) {
  return storage::RestoreStore(Parts(options).StoreOptions(), file);
}

absl::Status Server::MarkRestored(const Options& options) {
  return storage::MarkStoreRestored(Parts(options).StoreOptions());
}

absl::Status Server::CopyStoreTo(const Options& options,
                                 const std::string& url) {
  return storage::CopyStore(Parts(options).StoreOptions(), url).status();
}

absl::Status Server::Parts::ReloadPrincipals() {
  if (options.principals_file.empty()) return absl::OkStatus();
  OMS_ASSIGN_OR_RETURN(std::vector<Principal> principals,
                       LoadPrincipals(options.principals_file));
  authenticator->Replace(std::move(principals));
  return absl::OkStatus();
}

absl::Status Server::Reload() {
  // Who is to be kept out is kept out, whatever the certificates are like.
  const absl::Status principals = parts_->ReloadPrincipals();
  const absl::Status tls = parts_->listener->ReloadTls();
  if (principals.ok() == tls.ok() && !tls.ok()) {
    return absl::Status(principals.code(), absl::StrCat(principals.message(),
                                                        "; ", tls.message()));
  }
  return principals.ok() ? tls : principals;
}

Server::Server(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

Server::~Server() { parts_->Drain(absl::ZeroDuration()); }

const std::string& Server::address() const {
  return parts_->listener->address();
}

const std::string& Server::admin_address() const {
  return parts_->admin_address;
}

void Server::Drain() { parts_->Drain(parts_->options.drain_delay); }

}  // namespace oms_connector::server
