"""What faults do to a fork: verbs that change one thing, start what that needs, and put back what was shared."""
import dataclasses
import secrets
import ssl
import warnings

from . import listeners
from .dns import BadServer, Dnsmasq
from .gateway import Gateway
from .mysql_proxy import Disguise, GoBetween
from .prefix import SandboxError
from .s3 import cors_rules
from .store import Rgw
from .web import Web

ZONE = "wandb.test"


class Breaking:
    # -- listeners that misbehave

    def listener(self, kind, certificate=None, addresses=None):
        """The port of a listener of a kind in listeners.py; inside TLS when a certificate is given."""
        context = self.context(certificate) if certificate else None
        return self.add(listeners.start(kind, context, addresses=addresses)).port

    def context(self, certificate, oldest=None, newest=None):
        """TLS as a server that shows this certificate; `oldest` and `newest` are ssl.TLSVersion."""
        context = listeners.server_context(certificate, self.dir, f"listener-{secrets.token_hex(4)}")
        if newest:
            with warnings.catch_warnings():   # that TLS 1.1 is outdated is the point of it
                warnings.simplefilter("ignore")
                context.minimum_version, context.maximum_version = oldest or newest, newest
            context.options &= ~(ssl.OP_NO_TLSv1 | ssl.OP_NO_TLSv1_1)
        return context

    # -- the server's address

    def host_at(self, port, name=None, scheme="https"):
        """HOST is another address. The bucket's rules follow, as they would have been written for it; nobody listens at its http://."""
        self.yaml["http_port"] = self.listener("refused")
        self.host_url(port=port, scheme=scheme, **({"name": name} if name else {}))
        self.use_cors()

    def change_web(self):
        """An nginx of this fork's own, to be changed before it starts."""
        if self.web is self.parent.web:
            old = self.parent.web
            self.web = Web(self.dir / "web", old.host.copy(), old.bucket.copy(), old.app_port, old.store_port)
            self.use_cors()
        return self.web

    def app(self, health):
        """A stand-in of the W&B Server with other health answers; its port."""
        return self.own_standin(health).port

    def wandb(self, **behaviour):
        """A stand-in of this fork's own that does wrong what is told (wandb/behaviour.py), and an nginx in front of it."""
        from .wandb.behaviour import Behaviour
        if self.standin:
            self.standin.standin.behaviour = dataclasses.replace(self.standin.standin.behaviour, **behaviour)
        else:
            self.own_standin(behaviour=Behaviour(**behaviour))
        self.change_web().app_port = self.standin.port

    def clients_store(self, hosts=("upload_host",), **words):
        """Signed URLs lead to the same store by another port, and BUCKET to the right one: what fails there fails for clients alone. `hosts`: which
        URLs, members of Behaviour; `words`: of web.Site. The site."""
        from .web import Site
        self.wandb()
        right = self.web.bucket
        site = Site(right.name, right.certificate, **words)
        self.web.more.append(site)
        self.after.append(lambda: self.wandb(**dict.fromkeys(hosts, f"{site.name}:{site.port}")))
        return site

    def own_standin(self, health=None, behaviour=None):
        """A server with the accounts of the base and nothing in it yet; its objects leave the store with it."""
        from .wandb.app import Server
        from .wandb.standin import StandIn
        from .wandb.storage import Storage
        server = self.standin = self.add(Server(StandIn(self.api_keys, behaviour, health)).in_background())
        self.after.append(lambda: server.standin.use_store(Storage(**self.app_storage())))
        return server

    # -- names

    def name_in_zone(self, service, addresses=("127.0.0.1",), alias=False, port=None):
        """The service (`wandb`, `s3`, `mysql`) is reached by a name that dnsmasq knows with these addresses."""
        name = f"{service}.{ZONE}"
        own = self.zone
        if alias:
            own["aliases"][name] = f"alb-1234.eu-central-1.{ZONE}"
            own["addresses"][f"alb-1234.eu-central-1.{ZONE}"] = list(addresses)
        elif addresses is not None:
            own["addresses"][name] = list(addresses)
        self.point(service, name)
        self.after.append(self.start_dns)

    def store_in_zone(self):
        """The store by a name that dnsmasq knows, for clients too: beside a HOST that is not localhost, localhost in an upload URL is a fault of its own."""
        name = f"s3.{ZONE}"
        self.own_store(name=name)
        self.web.bucket.name = name
        self.name_in_zone("s3")

    def point(self, service, name):
        if service == "wandb":
            self.host_url(name=name)
            self.use_cors()
        elif service == "s3":
            self.bucket_url(host=name)
        else:
            self.mysql_url(host=name)

    def start_dns(self):
        if "dns_server" not in self.yaml:
            self.yaml["dns_server"] = f"127.0.0.1:{self.add(Dnsmasq(self.dir / 'dns', ZONE, **self.zone)).port}"

    def bad_dns(self, service, what):
        """The only name server answers with the code, or not at all (dns.BadServer)."""
        self.point(service, f"{service}.{ZONE}")
        self.yaml["dns_server"] = f"127.0.0.1:{self.add(BadServer(what)).port}"

    # -- the database

    def mysql_behind(self, certificate=None, **disguise):
        """A go-between that disguises the real server (mysql_proxy.Disguise)."""
        context = disguise.pop("context", None) or self.context(certificate or self.mysql_certificate)
        self.mysql_url(port=self.add(GoBetween(self.mysql.port, Disguise(context=context, **disguise))).port)

    def mysql_global(self, name, value):
        """A global variable of the shared server, put back at the end."""
        self.undo.append(self.mysql.set_global(name, value))

    def own_database(self, charset="utf8mb4", collation="utf8mb4_general_ci", grants=None, account=""):
        """A database and an account of this fork's own; `grants` with {db} and {user} replaces the documented statement, `account` is
        added to CREATE USER."""
        tag = secrets.token_hex(5)
        self.database, self.user = database, user = f"wandb_{tag}", f"user_{tag}"
        self.undo.append(lambda: self.mysql.sql(f"DROP DATABASE IF EXISTS `{database}`; DROP USER IF EXISTS '{user}'@'%'; DROP ROLE IF EXISTS '{user}_role'"))
        words = None if grants is None else grants.format(db=database, user=user)
        self.mysql.add_database(database, user, self.mysql_password, charset, collation, words, account)

    # -- the store

    def use_cors(self, rules="documented"):
        """The bucket's rules for cross-origin requests; a function of the origin, or None for none."""
        if self.cors is None:
            self.undo += [lambda bucket=bucket: self.parent.rgw.s3.set_cors(bucket, self.parent.documented_cors()) for bucket in (self.parent.bucket, self.parent.team_bucket)]
            self.after.append(self.arrange_cors)
            self.cors = "documented"
        if rules != "documented":
            self.cors = rules or (lambda origin: None)

    def documented_cors(self):
        return cors_rules(self.origin)

    def arrange_cors(self):
        if self.store_name == "rgw":   # the shared one
            self.rgw.s3.set_cors(self.team_bucket, self.documented_cors())
            self.rgw.s3.call("DELETE", f"/{self.bucket}", "cors")
            rules = self.documented_cors() if self.cors == "documented" else self.cors(self.origin)
            if rules:
                self.rgw.s3.set_cors(self.bucket, rules)

    def store_user(self):
        """Another account of the store, made once for all forks; the installation of this fork uses it. Its name."""
        base = self.parent
        if not base.other_user:
            key, secret = "AK" + secrets.token_hex(9).upper(), secrets.token_urlsafe(28) + "/+"
            base.rgw.add_user("guest", key, secret)
            base.other_user = (key, secret)
            base.secrets.append(secret)
        self.secrets.append(base.other_user[1])
        self.store_key, self.store_secret = base.other_user
        return "guest"

    def policy(self, *statements):
        """A policy of the bucket, taken away at the end."""
        self.undo.append(lambda: self.parent.rgw.s3.call("DELETE", f"/{self.parent.bucket}", "policy"))
        self.rgw.s3.set_policy(self.bucket, *statements)

    def empty_bucket(self):
        """Removes what a fault kept from being deleted. To be undone before the policy is made, so that it comes after its end."""
        for name in self.parent.bucket_objects():
            self.parent.rgw.s3.call("DELETE", f"/{self.parent.bucket}/{name}")

    def store_behind(self, **words):
        """A go-between (gateway.Gateway) between nginx and the store."""
        self.change_web().bucket.upstream = self.add(Gateway(self.rgw, **words)).port

    def own_store(self, clock=0, name="s3.localhost"):
        """A store of this fork's own, and a stand-in that keeps its files there; `clock`: seconds by which it is ahead."""
        self.wandb()   # whose files lie in this store, too
        web = self.web
        self.store_name = "own"
        self.rgw = self.add(Rgw(self.dir / "store", self.store_key, self.store_secret, name=name)).start(clock)
        web.store_port, self.rgw.s3.clock = self.rgw.port, clock
        self.make_buckets(cors=False)
        self.after.append(lambda: [self.rgw.s3.set_cors(bucket, self.documented_cors()) for bucket in (self.bucket, self.team_bucket)])

    def use_minio(self, cors_origin=None):
        """MinIO instead of RGW. `cors_origin` gives its one setting for cross-origin requests, when the web server's ports are chosen."""
        from .minio import Minio, prepared
        if not prepared():
            raise SandboxError("MinIO is not built yet: tests/sandbox/sandbox prepare --with minio")
        web = self.change_web()
        self.store_name = "minio"
        self.rgw = Minio(self.dir / "minio", self.store_key, self.store_secret)
        web.reserve()
        self.add(self.rgw.start(cors_origin() if cors_origin else None))
        self.make_buckets(cors=False)
        web.store_port = self.rgw.port
