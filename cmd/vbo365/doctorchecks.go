package main

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/vbo365/vbo365-go/api"
	"github.com/vbo365/vbo365-go/gen"
)

// unreachable is the error of a connection that failed.
func unreachable(err error) error { return fmt.Errorf("%w: %w", api.ErrNoAnswer, err) }

// probeTimeout bounds each of the first steps, which the client does not bound.
const probeTimeout = 30 * time.Second

func (e *examination) checkProxy(context.Context) finding {
	proxy, err := http.ProxyFromEnvironment(&http.Request{URL: e.address})
	if err != nil {
		return failing(errors.New("find proxy: HTTPS_PROXY or HTTP_PROXY is not a URL")) // err may have a password
	}
	if proxy == nil {
		return fine("none in the environment")
	}
	e.proxy = proxy
	e.names.add("PROXY", proxy.Hostname())
	return warning("if the server can be reached without it, set NO_PROXY to the name of the server",
		"the proxy %s of the environment (HTTPS_PROXY) carries all requests", proxy.Host)
}

// target returns the host and port to connect to.
func (e *examination) target() (host, port string) {
	target := e.address
	if e.proxy != nil {
		target = e.proxy
	}
	port = map[string]string{"http": "80", "https": "443", "socks5": "1080", "socks5h": "1080"}[target.Scheme]
	if given := target.Port(); given != "" {
		port = given
	}
	return target.Hostname(), port
}

func (e *examination) checkName(ctx context.Context) finding {
	host, _ := e.target()
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	addresses, err := net.DefaultResolver.LookupHost(ctx, host)
	if err != nil {
		return failing(unreachable(err))
	}
	if slices.Equal(addresses, []string{host}) {
		return fine("%s is an address", host)
	}
	e.names.add("ADDRESS", addresses...)
	return fine("%s has the address %s", host, strings.Join(addresses, " and "))
}

func (e *examination) checkConnection(ctx context.Context) finding {
	host, port := e.target()
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	began := time.Now()
	connection, err := new(net.Dialer).DialContext(ctx, "tcp", net.JoinHostPort(host, port))
	if err != nil {
		return failing(unreachable(err))
	}
	_ = connection.Close()
	return fine("port %s accepts connections (%v)", port, time.Since(began).Round(100*time.Microsecond))
}

// probed is what a response without credentials says of the server.
type probed struct {
	status int
	tls    *tls.ConnectionState // nil if the connection is not encrypted
	via    string               // the proxies in between
}

// probe requests a resource of an API version without credentials, as the client does to find the version.
func (e *examination) probe(ctx context.Context, version api.Version) (probed, error) {
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	resource := "ServiceInstance"
	if version < api.V6 {
		resource = "RestoreSessions"
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet,
		strings.TrimRight(e.Server, "/")+"/"+version.String()+"/"+resource, http.NoBody)
	if err != nil {
		return probed{}, err
	}
	request.Header.Set("Accept", "application/json")
	response, err := e.witness.RoundTrip(request)
	if err != nil {
		return probed{}, unreachable(err)
	}
	defer func() { _ = response.Body.Close() }()
	_, err = io.Copy(io.Discard, io.LimitReader(response.Body, 1<<20))
	return probed{response.StatusCode, response.TLS, response.Header.Get("Via")}, err
}

// expiryWarning is the rest of the validity of a certificate from which on a warning is due.
const expiryWarning = 30 * 24 * time.Hour

func (e *examination) checkCertificate(ctx context.Context) finding {
	first, err := e.probe(ctx, slices.Max(api.Versions()))
	if failure, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		facts, sum := e.describe(failure.UnverifiedCertificates)
		return finding{
			Result: resultFail, err: fmt.Errorf("%w: %w; it is %s", api.ErrCertificate, failure.Err, facts),
			Advice: "if the server itself shows this fingerprint, trust it: --fingerprint " + sum,
		}
	}
	if err != nil {
		return failing(err)
	}
	if first.tls == nil {
		return warning("use https, except for tests", "none: the connection is not encrypted")
	}
	facts, sum := e.describe(first.tls.PeerCertificates)
	facts += ", SHA-256 fingerprint " + sum
	left := time.Until(first.tls.PeerCertificates[0].NotAfter)
	switch {
	case e.Insecure:
		return warning("trust it with --fingerprint or --ca-file instead", "not verified, %s", facts)
	case left < expiryWarning:
		return warning("replace the certificate of the server before clients refuse it", "trusted, but %s", facts)
	case first.via != "":
		e.names.add("VIA", first.via)
		return warning("the proxy can read the passwords, and may end long requests: connect without it",
			"trusted, %s; a proxy is in between: %s", facts, first.via)
	}
	return fine("trusted, %s", facts)
}

// describe returns what matters of a certificate, and its fingerprint. It remembers its names. The fingerprint of a
// certificate that this system trusts is a name, too: public lists show which host it belongs to.
func (e *examination) describe(chain []*x509.Certificate) (facts, sum string) {
	certificate := chain[0]
	e.names.add("NAME", certificate.DNSNames...)
	for _, ip := range certificate.IPAddresses {
		e.names.add("ADDRESS", ip.String())
	}
	for _, each := range chain { // errors may have the names of all
		e.names.add("NAME", each.Subject.String(), each.Subject.CommonName)
		e.names.add("ISSUER", each.Issuer.String(), each.Issuer.CommonName)
	}
	sum = fmt.Sprintf("%x", sha256.Sum256(certificate.Raw))
	issuer := "issued by " + cmp.Or(certificate.Issuer.CommonName, certificate.Issuer.String())
	if bytes.Equal(certificate.RawIssuer, certificate.RawSubject) {
		issuer = "self-signed"
	}
	intermediates := x509.NewCertPool()
	for _, other := range chain[1:] {
		intermediates.AddCert(other)
	}
	if _, err := certificate.Verify(x509.VerifyOptions{Intermediates: intermediates}); err == nil {
		issuer += ", which this system trusts"
		e.names.add("FINGERPRINT", sum)
	}
	return issuer + ", valid until " + certificate.NotAfter.Format(time.DateOnly), sum
}

func (e *examination) checkVersions(ctx context.Context) finding {
	var served, others []string
	var use api.Version
	for _, version := range api.Versions() {
		got, err := e.probe(ctx, version)
		if err != nil {
			return failing(err)
		}
		switch got.status {
		case http.StatusOK, http.StatusUnauthorized, http.StatusForbidden:
			served = append(served, version.String())
			use = version
		case http.StatusNotFound:
		default:
			others = append(others, fmt.Sprintf("%v: status %d", version, got.status))
		}
	}
	switch {
	case len(others) > 0:
		f := failing(fmt.Errorf("%w to requests without credentials: %s", api.ErrUnexpected, strings.Join(others, ", ")))
		if e.address.Scheme == "http" {
			f.Advice = "the server may speak https at this port, not http: begin the address with https"
		}
		return f
	case len(served) == 0:
		return failing(fmt.Errorf("%w: none of those that this command supports", api.ErrAPIVersion))
	case e.APIVersion == "":
		return fine("%s; this command uses %v", strings.Join(served, ", "), use)
	case !slices.Contains(served, e.APIVersion):
		f := failing(fmt.Errorf("%w: %s; the server serves %s", api.ErrAPIVersion, e.APIVersion, strings.Join(served, ", ")))
		f.Advice = "leave --api-version out, or name one that is served"
		return f
	}
	return fine("%s; this command uses %s, as --api-version says", strings.Join(served, ", "), e.APIVersion)
}

// clockWarning is the difference of clocks from which on a warning is due: log-ins and points in time suffer.
const clockWarning = 2 * time.Minute

func (e *examination) checkClock(context.Context) finding {
	date, at := e.witness.clock()
	if date.IsZero() {
		return skipped("the server does not tell the time")
	}
	difference, direction := date.Sub(at).Round(time.Second), "ahead of"
	if difference < 0 {
		direction = "behind"
	}
	if difference.Abs() >= clockWarning {
		return warning("let both computers set their clocks from the network",
			"the server's clock is %v %s that of this computer", difference.Abs(), direction)
	}
	return fine("as on this computer, within %.0f minutes", clockWarning.Minutes())
}

func (e *examination) checkLogIn(ctx context.Context) finding {
	_, err := e.client.RestoreSessionsPage(ctx, api.PageOptions{Limit: 1})
	if errors.Is(err, api.ErrForbidden) {
		return warning(adviceFor(err), "the log-in works, but the account must not list restore sessions")
	}
	if err != nil {
		return failing(err)
	}
	version, err := e.client.APIVersion(ctx)
	if err != nil {
		return failing(err)
	}
	return fine("%s, with API %v", e.Username, version)
}

func (e *examination) checkBuild(ctx context.Context) finding {
	response, err := e.client.Do(ctx, func(c *gen.Client) (*http.Response, error) { return c.GetServiceInstance(ctx) })
	if errors.Is(err, api.ErrInvalid) {
		return skipped("this API version does not tell the build of the product; the console of the product shows it")
	}
	if err != nil {
		return failing(err)
	}
	defer func() { _ = response.Body.Close() }()
	var instance gen.ServiceInstance
	if err := json.NewDecoder(response.Body).Decode(&instance); err != nil {
		return failing(fmt.Errorf("%w: %w", api.ErrUnexpected, err))
	}
	if !productBuild.MatchString(instance.Version) {
		return warning("", "the server does not tell the build of the product")
	}
	return fine("%s", instance.Version)
}

func (e *examination) checkOrganizations(ctx context.Context) finding {
	organizations, err := e.organizations(ctx)
	if err != nil && e.OwnOrganization && ctx.Err() == nil { // a session may be started nevertheless
		e.organization = organizations[0]
		return warning("", "that of the account cannot be read")
	}
	if err != nil {
		return failing(err)
	}
	for _, organization := range organizations {
		e.names.add("ORGANIZATION", organization.Properties.Name, organization.Properties.OfficeName)
	}
	if len(organizations) == 0 {
		f := failing(fmt.Errorf("%w: the account sees no organization", api.ErrNotFound))
		f.Advice = "check that an organization is backed up; accounts that are not administrators need --own-organization"
		return f
	}
	e.organization = organizations[0]
	return fine("the account sees %d; the first is %s", len(organizations), e.organization.Properties.Name)
}

// organizations returns the organization that the flags name, or those of the first page.
func (e *examination) organizations(ctx context.Context) ([]api.Organization, error) {
	switch {
	case e.OwnOrganization:
		organization, err := e.client.OwnOrganization().Get(ctx)
		return []api.Organization{organization}, err
	case e.Org != "":
		organization, err := e.client.FindOrganization(ctx, e.Org)
		return []api.Organization{organization}, err
	}
	page, err := e.client.OrganizationsPage(ctx, api.PageOptions{})
	return page.Items, err
}

func (e *examination) checkSession(ctx context.Context) finding {
	session, err := e.organization.StartRestoreSession(ctx, api.ExploreOptions{User: e.ManagedUser})
	if err != nil {
		f := failing(err)
		if f.Advice == "" {
			f.Advice = "check that there is a backup, and that no other session locks it: vbo365 sessions"
		}
		return f
	}
	e.session = &session
	e.started, _ = e.witness.clock()
	return fine("%s was started", session.ID())
}

// sample is the maximum number of items of a list that the checks read.
const sample = 30

func (e *examination) checkDrives(ctx context.Context) finding {
	page, err := e.session.OneDrivesPage(ctx, api.PageOptions{Limit: sample})
	if err != nil {
		return failing(err)
	}
	if len(page.Items) == 0 {
		f := failing(fmt.Errorf("%w: the backup has no OneDrive", api.ErrNotFound))
		f.Advice = "check that a backup job includes OneDrives and was run, and that the account may see them"
		return f
	}
	e.drive = page.Items[0]
	e.names.add("OWNER", e.drive.Properties.Name)
	more := ""
	if page.More {
		more = " and more"
	}
	return fine("the backup has %d%s", len(page.Items), more)
}

func (e *examination) checkContent(ctx context.Context) finding {
	folders, err := e.drive.FoldersPage(ctx, api.PageOptions{Limit: sample})
	if err != nil {
		return failing(err)
	}
	documents, err := e.drive.DocumentsPage(ctx, api.PageOptions{Limit: sample})
	if err != nil {
		return failing(err)
	}
	e.documents = documents.Items
	for _, folder := range folders.Items {
		e.itemTimes = append(e.itemTimes, folder.Properties.ModificationTime)
	}
	for _, document := range documents.Items {
		e.itemTimes = append(e.itemTimes, document.Properties.ModificationTime)
	}
	return fine("folders and documents at the top of the first OneDrive: %d and %d",
		len(folders.Items), len(documents.Items))
}

// checkTimes finds out in which zone the server writes times without one: that of a session that was just started.
func (e *examination) checkTimes(context.Context) finding {
	created := e.session.Properties.CreationTime
	items := ""
	if slices.ContainsFunc(e.itemTimes, func(t api.Time) bool { return !t.IsZero() && !t.HasZone() }) {
		items = "; items have none, and are shown as the server writes them"
	}
	switch {
	case created.IsZero() || e.started.IsZero():
		return skipped("the server does not tell when the session was started%s", items)
	case created.HasZone():
		return fine("sessions have a zone%s", items)
	}
	zone := created.Sub(e.started).Round(15 * time.Minute)
	text := "sessions have no zone: their times are at " + e.started.In(time.FixedZone("", int(zone.Seconds()))).
		Format("UTC-07:00") + items
	if zone != 0 {
		return warning("mind the difference: this command takes times without a zone for UTC", "%s", text)
	}
	return fine("%s", text)
}

// readLimit is the maximum number of items of a list in a transcript, except for those of the other checks.
const readLimit = 5

// checkReads calls each operation that only reads, for the transcript. The id of what it reads is that of the first
// item of the list that contains it.
func (e *examination) checkReads(ctx context.Context) finding {
	version, err := e.client.APIVersion(ctx)
	if err != nil {
		return failing(err)
	}
	ids := map[string]string{ // by the path in the document
		"/Organizations/{organizationId}":     e.organization.Properties.ID,
		"/RestoreSessions/{restoreSessionId}": e.session.ID(),
	}
	done := make(map[string]bool)
	var refused []string
	for progress := true; progress && ctx.Err() == nil; {
		progress = false
		for _, operation := range gen.Operations {
			path, complete := filled(operation.Path, ids)
			if operation.Method != http.MethodGet || operation.Traits.Stream || !operation.Versions.Has(int(version)) ||
				!complete || done[operation.ID] {
				continue
			}
			progress, done[operation.ID] = true, true
			if err := e.read(ctx, version, operation, path, ids); err != nil {
				refused = append(refused, operation.ID)
			}
		}
	}
	if err := e.search(ctx); err != nil && !errors.Is(err, api.ErrInvalid) {
		refused = append(refused, "searchOneDrive")
	}
	switch {
	case ctx.Err() != nil:
		return failing(context.Cause(ctx))
	case len(refused) > 0:
		return fine("%d operations were called; refused: %s", len(done), strings.Join(refused, ", "))
	}
	return fine("%d operations were called", len(done))
}

// search requests a few results. API versions without the operation refuse it before it is sent.
func (e *examination) search(ctx context.Context) error {
	response, err := e.client.Do(ctx, func(c *gen.Client) (*http.Response, error) {
		params := &gen.SearchOneDriveParams{ItemType: new(gen.SearchItemTypeDocuments), Limit: new(int32(readLimit))}
		return c.SearchOneDrive(ctx, e.session.ID(), e.drive.ID(), params, gen.SearchOptions{Query: "*"})
	})
	if err != nil {
		return err
	}
	return response.Body.Close() // it was read into memory
}

// filled replaces the names in braces in a path by ids. It reports whether it has all of them.
func filled(path string, ids map[string]string) (string, bool) {
	segments := strings.Split(path, "/")
	var result []string
	for i, segment := range segments {
		if strings.HasPrefix(segment, "{") {
			id := ids[strings.Join(segments[:i+1], "/")]
			if id == "" {
				return "", false
			}
			segment = url.PathEscape(id)
		}
		result = append(result, segment)
	}
	return strings.Join(result, "/"), true
}

// read calls an operation, and remembers the id of the first item if the response is a list.
func (e *examination) read(
	ctx context.Context, version api.Version, operation gen.Operation, path string, ids map[string]string,
) error {
	query, organization := url.Values{}, e.organization.Properties.ID
	for name, value := range map[string]string{"limit": strconv.Itoa(readLimit), "organizationId": organization} {
		if versions, ok := operation.Parameters[name]; ok && versions.Has(int(version)) {
			query.Set(name, value)
		}
	}
	response, err := e.client.Do(ctx, func(c *gen.Client) (*http.Response, error) {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet,
			strings.TrimRight(c.Server, "/")+path+"?"+query.Encode(), http.NoBody)
		if err != nil {
			return nil, err
		}
		request.Header.Set("Accept", "application/json")
		return c.Client.Do(request)
	})
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	var content json.RawMessage
	if err := json.NewDecoder(response.Body).Decode(&content); err != nil {
		return err
	}
	var page struct {
		Results []map[string]any `json:"results"`
	}
	if json.Unmarshal(content, &page) != nil {
		_ = json.Unmarshal(content, &page.Results) // a bare list
	}
	if len(page.Results) == 0 {
		return nil
	}
	for _, inner := range gen.Operations {
		name, ok := strings.CutPrefix(inner.Path, operation.Path+"/{")
		if name, _, closed := strings.Cut(name, "}"); ok && closed {
			for _, property := range []string{"id", name} { // the latter for versions, whose id is that of the document
				if id, ok := page.Results[0][property]; ok {
					ids[operation.Path+"/{"+name+"}"] = fmt.Sprint(id)
				}
			}
		}
	}
	if operation.ID == "listUsedRepositories" {
		ids["/BackupRepositories/{repositoryId}"], _ = page.Results[0]["repositoryId"].(string)
	}
	return nil
}

func (e *examination) checkSave(ctx context.Context) finding {
	documents := slices.DeleteFunc(slices.Clone(e.documents), func(d api.Document) bool { return d.Size() > 16<<20 })
	if len(documents) == 0 {
		return skipped("no small document is at the top of the first OneDrive")
	}
	document := slices.MinFunc(documents, func(a, b api.Document) int { return int(a.Size() - b.Size()) })
	download, err := document.Save(ctx)
	if err != nil {
		return failing(err)
	}
	defer func() { _ = download.Close() }()
	size, err := io.Copy(io.Discard, download)
	if err != nil {
		return failing(err)
	}
	return fine("a document of %d bytes was saved", size)
}

func (e *examination) checkMail(ctx context.Context) finding {
	settings, err := e.client.EmailSettings(ctx)
	switch {
	case errors.Is(err, api.ErrForbidden):
		return warning("nothing, if vbo365 send works: only administrators can read them",
			"the account must not read the settings")
	case err != nil:
		return failing(err)
	case !settings.EnableNotification || settings.Server == "" && settings.MailAPIURL == "":
		return warning("if mails are to be sent: vbo365 mail-settings set --enable --smtp-server …",
			"the server is not set up to send mail")
	}
	return fine("the server is set up to send mail")
}

func (e *examination) checkStop(ctx context.Context) finding {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), probeTimeout)
	defer cancel()
	if err := e.session.Stop(ctx); err != nil {
		e.t.warn("to stop the session: vbo365 sessions stop %s", e.session.ID())
		f := failing(err)
		f.Advice = "stop it with the command on standard error"
		return f
	}
	return fine("the session was stopped")
}
