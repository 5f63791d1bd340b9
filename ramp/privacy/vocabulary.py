"""The words that keys of personal data are made of, in our users' languages; a key is judged by its last words."""

from collections.abc import Iterable, Mapping

from ramp.privacy.kinds import Kind


def words(text: str) -> frozenset[str]:
    """The words of a literal list, which reads better as a text."""
    return frozenset(text.split())


# Whose data it is.
PEOPLE = words("""
    student pupil learner child kid minor parent guardian mother father mom dad teacher tutor instructor professor
    customer patient person contact member employee user cardholder holder payer payee buyer recipient sender owner
    subscriber applicant beneficiary spouse caller patron client staff sibling visitor purchaser donor candidate
    emergency billing shipping delivery account mailing family caregiver carer enrollee attendee participant author
    eleve alumno alumna aluno aluna schueler schuler studente etudiant leerling elev uczen padre madre tutora cliente
    kunde klant""")
# These are persons as often as they are services and machines: only a full name says which.
AMBIGUOUS = words("client account member owner author sender holder staff candidate participant user visitor attendee")
# Of these alone, without `name`, a full name is a name: `student="Maria Lopez"`.
NAMED_ALONE = words("""
    student pupil learner guardian teacher tutor patient cardholder customer instructor professor mother father
    applicant alumno alumna aluno aluna schueler studente etudiant""")
# These hold logins too: where they hold a full name, it is that of the user.
OWNED = frozenset({("user", "name"), ("username",), ("login", "name")})
# Words that say nothing about what a key holds.
FILLERS = words("""
    details detail info data profile record entity dto model obj object json payload body params param attributes
    attribute attr attrs fields value values raw str string text input plain clear current new old previous prev primary
    secondary main alt alternate home work personal formatted e164 e normalized normalised iso full enduser form req
    request response res x http header val the my your their his her our original orig decrypted unmasked row col actual
    local submitted""")
# A number under such a key is an order's, a trace's, a time: never a card's.
OTHER_NUMBERS = words("""
    receipt confirmation reservation booking membership loyalty voucher coupon policy claim statement cheque deal
    lead quote trip flight pnr record entry log line page group bucket object doc document file blob chunk frame packet
    asset inventory stock store warehouse route gps lat lon latitude longitude x y z hex dec bits crc sum
    order orders invoice trace span request correlation transaction txn ticket case part sku serial lot batch isbn ean
    upc gtin asin tracking parcel shipment version build revision commit sha hash digest checksum etag offset seq
    sequence ts timestamp time nanos nano micros duration elapsed latency size bytes length count total amount price id
    ids uuid guid ref reference catalog catalogue article product item job task run process pid tid thread port epoch
    started ended expires ttl memory heap rev lsn xid zxid block blk nonce seed key row rows partition cursor counter
    rid sid session instance node shard message msg_id event ident barcode waybill awb consignment po quote contract
    license licence model vin chassis lsid gid fid oid cid iid""")
# What is numbered as social security numbers are written, 3-2-4 digits.
PARTS = words(
    "part parts pn sku serial model lot batch catalog catalogue article product item order ticket case material"
)

_TAILS: Mapping[tuple[Kind, bool], str] = {
    (Kind.EMAIL, True): "email, e mail, mail, email address, mail address, correo, correo electronico, courriel, epost",
    (Kind.PHONE, True): """phone, telephone, tel, mobile, cell, cellphone, msisdn, fax, whatsapp, sms to, sms number,
        handy, telefon, telefono, telefone, telefonnummer, handynummer, rufnummer, movil, celular, telefoonnummer, ph,
        phone number, phone no, phone num, phone nr, telephone number, telephone no, telephone num, tel no, tel
        number, tel nr, mobile number, mobile no, mobile num, mobile phone, cell number, cell no, cell phone, contact
        number, contact no, contact num, callback number, caller number, caller id, sms recipient, ph no, ph number,
        fax number, numero telefono, numero de telefono, numero telephone, numero de telephone, numero telefone,
        telefonszam, numero de telefone, sms phone, telefonnr, mobil, mobilnummer, mobiltelefon, puhelin, telefoon,
        portable, emergency number, phone 1, phone 2, call number, emergency contact, 电话, 電話, 電話番号, 手机""",
    (Kind.SSN, True): """ssn, social, social security, social security number, social security no, social security
        num, ssnum, ss number, ss no, ssn number, sin, social insurance number, nino, ni number, national insurance,
        national insurance number, itin, tax id, taxpayer id, tin, tax number, cpf, dni, nie, nir, insee, codice
        fiscale, codicefiscale, curp, aadhaar, aadhar, pesel, bsn, personnummer, rut, national id, national id number,
        national identity number, soc sec, soc sec no, soc sec num, us ssn""",
    (Kind.STUDENT_ID, True): """student id, student number, student no, student num, student nr, student identifier,
        student code, student ref, student key, pupil id, pupil number, pupil no, pupil identifier, pupil ref, learner
        id, learner number, learner no, learner ref, learner identifier, sis id, sis user id, matriculation number,
        matriculation no, matriculation id, matriculation, matric no, matric number, enrollment number, enrollment no,
        enrollment id, enrolment number, enrolment no, enrolment id, admission number, admission no, roll number, roll
        no, upn, uln, matrikelnummer, matrikel nr, matrikelnr, matrikel, matricule, matricula, matricola,
        numero etudiant, legajo, student id number, stud id, stud no, stu id, stu no, lasid, sasid, edu id, eduid,
        emplid, banner id, student state id, student local id, schueler nr, leerlingnummer, studentnummer,
        student account, unique pupil number, unique learner number, student uid, numero de matricula, numero
        matricula, student reference, student sid,
        schuelernummer, ine""",
    (
        Kind.DEVICE_ID,
        True,
    ): """device id, device identifier, device uuid, device udid, udid, idfa, idfv, gaid, aaid, adid, ad id,
        advertising id, advertiser id, advertising identifier, android id, imei, imeisv, imei number, meid, esn, mac,
        mac address, mac addr, hw addr, hwaddr, hw address, hardware id, hwid, hardware address, device serial, device
        serial number, device serial no, device fingerprint, browser fingerprint, installation id, install id, device
        token, push token, device mac, wifi mac, wlan mac, eth mac, tablet id, tablet serial, chromebook serial,
        chromebook id, chromebook serial number, ifa, rdid, openudid, device, phone id, handset id, device key, oaid,
        device hash id, ipad serial, ipad id, laptop serial, laptop id, tablet serial number, bluetooth address,
        device no, terminal serial, hardware serial, device number, vendor identifier, identifier for vendor, bt addr,
        bssid""",
    (Kind.DOB, True): """dob, d o b, birthdate, birth date, date birth, date of birth, birthday, birth day, bday,
        born, born on, born at, birth, birth dt, dateofbirth, geburtsdatum, geburtstag, geb datum, gebdatum, geb dat,
        fecha nacimiento, fecha de nacimiento, nacimiento, fecha nac, fec nac, date naissance, date de naissance,
        naissance, data nascimento, data de nascimento, nascimento, data di nascita, data nascita, nascita,
        geboortedatum, fodselsdato, fodelsedatum, fodselsdag, data urodzenia, urodzenia, ddn, birth timestamp, dt
        birth, bdate, dob date, dt nascimento, syntymaaika, szuletesi datum, datum narozeni, datum rodjenja, dogum
        tarihi, 生年月日, 出生日期""",
    (
        Kind.ADDRESS,
        True,
    ): """street address, postal address, residential address, street, street name, street 1, street 2, street line,
        street line 1, street line 2, address line, address line 1, address line 2, addr line, addr line 1, addr line
        2, address 1, address 2, addr 1, addr 2, address street, address line1, adresse, direccion, indirizzo,
        endereco, anschrift, strasse, adres, calle, domicilio, residence, residential, straat, logradouro, permanent
        address, physical address line, full address, street addr, home address, address full, wohnort strasse,
        direccion postal, adresse postale, residence address, addressline1, addressline2, mail address line, adres
        zamieszkania, ulica, gatuadress, endereco residencial, 住所, 地址""",
    (Kind.ADDRESS, False): "address, addr, location address, line 1, line 2, lives at, rue",
    (Kind.NAME, True): """first name, firstname, fname, given name, givenname, last name, lastname, lname, family
        name, surname, middle name, maiden name, full name, fullname, legal name, preferred name, forename, vorname,
        nachname, familienname, prenom, nom de famille, nombre completo, apellido, apellidos, primer nombre, nome
        completo, cognome, sobrenome, imie, nazwisko, voornaam, achternaam, fornavn, etternavn, fornamn, efternamn,
        name on card, name first, name last, name middle, name given, name family, name full, given names, first
        names, last names, f name, l name, name legal, name preferred, name surname, real name, person name, human
        name, middlename, patronymic, passenger name, imie nazwisko, nombre apellidos, otchestvo, familia, nimi, nev,
        jmeno, prijmeni, 姓名, 氏名, emergency contact name""",
    (Kind.NAME, False): """name, first, last, middle, given, family, user name, username, nickname, nom, nombre, nome,
        display name, screen name, login name, user, naam""",
    (Kind.PAN, True): """card, card number, card no, card num, card nr, cc, cc number, cc num, cc no, credit card,
        credit card number, credit card no, debit card, debit card number, pan, primary account number, cardnum,
        ccnum, card pan, payment card, kreditkarte, kreditkartennummer, kartennummer, tarjeta, numero tarjeta, numero
        de tarjeta, carte, numero carte, numero de carte, cardnumber, cardno, ccn, creditcard, card pan number,
        payment card number""",
    (Kind.IP, True): """ip, ip address, ip addr, client ip, remote ip, remote addr, remote address, x forwarded for,
        forwarded for, real ip, source ip, src ip, peer ip, user ip, client address, peer address, ipaddress, ipaddr""",
    (
        Kind.TOKEN,
        True,
    ): """password, passwd, passphrase, pwd, db pass, user pass, smtp pass, redis pass, userpass, secret, client
        secret, api key, apikey, api secret, secret key, secret access key, private key, access token, refresh token,
        id token, auth token, authtoken, bearer token, session token, csrf token, xsrf token, oauth token,
        authorization, signing key, encryption key, webhook secret, account key, shared access key, access key,
        jsessionid, phpsessid, aspsessionid, net sessionid, connect sid, session cookie, session key, kennwort,
        passwort, contrasena, mot de passe, motdepasse, senha, haslo, wachtwoord, totp secret, master key, pgpassword,
        mysql pwd, jwt, sas token, deploy key, personal access token, proxy authorization, auth key, service key,
        admin key, app secret, app key, bot token, signing secret, consumer secret, shared secret, passw, pass phrase,
        api token, apitoken, accesstoken, refreshtoken, auth cookie, clave, bearer, laravel
        session, remember token, reset token, user token, subscription key, functions key, hmac key, license secret, x
        vault token, vault token, gitlab token, github token, slack token, npm token, private token, job token,
        registry password""",
    (Kind.TOKEN, False): "token, auth, pass",
}


def _rows(tails: Mapping[tuple[Kind, bool], str]) -> Iterable[tuple[tuple[str, ...], tuple[Kind, bool]]]:
    for said, text in tails.items():
        for tail in text.split(","):
            yield tuple(tail.split()), said


# The last words of a key -> the kind, and whether they say it by themselves.
TAILS: Mapping[tuple[str, ...], tuple[Kind, bool]] = dict(_rows(_TAILS))
TAIL_WORDS_MAX = max(map(len, TAILS))
WORDS = frozenset(word for tail in TAILS for word in tail) | PEOPLE | {"of", "id", "no", "number"}
