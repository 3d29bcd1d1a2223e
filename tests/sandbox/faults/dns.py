"""Names that do not lead where they should."""
from ..dns import NXDOMAIN, REFUSED, SERVFAIL
from ..lab import fault, near

CHECKS = {"wandb": "host.dns", "mysql": "mysql.dns", "s3": "bucket.dns"}


def declare(service):
    check = CHECKS[service]
    area = check.split(".")[0]

    @fault(f"dns.{area}-nxdomain", {check: "nxdomain"}, "the name does not exist")
    def _(box):
        box.name_in_zone(service, None)

    @fault(f"dns.{area}-servfail", {check: "servfail"}, "the name servers answer SERVFAIL", status={check: "unknown"})
    def _(box):
        box.bad_dns(service, SERVFAIL)


for _service in CHECKS:
    declare(_service)


@fault("dns.no-address", {"host.dns": "no-address"}, "the name exists and has no address")
def _(box):
    box.name_in_zone("wandb", None)
    box.zone["texts"]["wandb.wandb.test"] = "v=spf1 -all"


@fault("dns.refused", {"host.dns": "refused"}, "the name server refuses to answer this machine", status={"host.dns": "unknown"})
def _(box):
    box.bad_dns("wandb", REFUSED)


@fault("dns.nxdomain-by-hand", {"mysql.dns": "nxdomain"}, "the name server knows no name at all")
def _(box):
    box.bad_dns("mysql", NXDOMAIN)


@fault("dns.silent", {"host.dns": "timed-out"}, "the name server never answers", status={"host.dns": "unknown"})
def _(box):
    box.bad_dns("wandb", "silent")


@fault("dns.garbage", {"host.dns": "timed-out"}, "the name server answers with bytes that are no answer", status={"host.dns": "unknown"})
def _(box):
    box.bad_dns("wandb", "garbage")


@fault("dns.null-address", {"host.dns": "null-address"}, "a blocking name server answers 0.0.0.0")
def _(box):
    box.name_in_zone("wandb", ["0.0.0.0"])


@fault("dns.only-ipv6", {"host.dns": "no-a-record"}, "only an AAAA record", status={"host.dns": "warn"})
def _(box):
    box.change_web().host.name = "wandb.wandb.test"
    box.name_in_zone("wandb", ["::1"])
    box.store_in_zone()


@near("dns.mysql-alias", ["mysql.dns", "mysql.reachable", "mysql.tls"], "the database's name is a CNAME, as RDS endpoints are")
def _(box):
    box.name_in_zone("mysql", alias=True)


@near("dns.mysql-ipv4", ["mysql.dns", "mysql.reachable"], "the database's name has an A record alone")
def _(box):
    box.name_in_zone("mysql")


@near("dns.bucket-alias", ["bucket.dns", "bucket.reachable", "bucket.tls"], "the store's name is a CNAME, as those of gateways are")
def _(box):
    box.name_in_zone("s3", alias=True)
